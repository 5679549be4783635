"""Who may borrow and keep what, until when: sentences about people."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_rules.calendar import Calendar
from samut_rules.fines import Fine, fine_for
from samut_rules.lending import decide_loan
from samut_rules.loan import ItemFacts, ItemStatus, LoanFacts, MemberFacts
from samut_rules.matrix import LoanTerms, OwnTerms, RuleRow, terms_for
from samut_rules.reasons import SENTENCES, Code, Reason, sentence
from samut_rules.renewal import decide_renewal
from samut_rules.standing import member_reasons
from samut_rules.visit import entry_reasons

SCHOOL = Calendar("Asia/Bangkok", frozenset({5, 6}), {date(2026, 12, 10): False, date(2026, 12, 12): True})
TERMS = LoanTerms(
    loan_days=7, max_items=3, max_renewals=1, fine_per_day=100, fine_cap=1_000, won={"loan_days": "pupil × *"}
)
MANEE = MemberFacts("10001", date(2027, 3, 31), "", open_loans=0, overdue_loans=0, debt=0)
BOOK = ItemFacts("B1", ItemStatus.AVAILABLE)
SATURDAY = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def facts(member: MemberFacts = MANEE, item: ItemFacts = BOOK, terms: LoanTerms | None = TERMS) -> LoanFacts:
    return LoanFacts(member, item, terms, SCHOOL, debt_limit=2_000)


def codes(given: LoanFacts, now: datetime = SATURDAY) -> list[Code]:
    return [reason.code for reason in decide_loan(given, now).reasons]


def test_a_child_borrows_for_seven_open_days() -> None:
    decision = decide_loan(facts(), SATURDAY)
    assert decision.allowed
    assert decision.due == datetime(2026, 12, 1, 16, 59, 59, tzinfo=UTC)  # Tuesday, the end of the day in Bangkok


def test_a_public_holiday_is_left_out_and_a_working_saturday_counts() -> None:
    decision = decide_loan(facts(), datetime(2026, 12, 3, 3, 0, tzinfo=UTC))
    assert decision.due is not None
    assert decision.due.date() == date(2026, 12, 14)
    assert "closed days left out: 2026-12-05, 2026-12-06, 2026-12-10, 2026-12-13" in decision.trace


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (facts(replace(MANEE, open_loans=3)), Code.LIMIT_REACHED),
        (facts(replace(MANEE, expires_on=date(2026, 11, 20))), Code.MEMBER_EXPIRED),
        (facts(replace(MANEE, blocked="ทำบัตรหาย")), Code.MEMBER_BLOCKED),
        (facts(replace(MANEE, overdue_loans=1)), Code.HAS_OVERDUE),
        (facts(replace(MANEE, debt=2_001)), Code.OWES_TOO_MUCH),
        (facts(item=ItemFacts("B1", ItemStatus.IN_REPAIR)), Code.ITEM_NOT_FOR_LOAN),
        (facts(item=ItemFacts("B1", ItemStatus.AVAILABLE, lent_to="10002")), Code.ITEM_ON_LOAN),
        (facts(item=ItemFacts("B1", ItemStatus.AVAILABLE, lent_to="10001")), Code.ITEM_ALREADY_YOURS),
        (facts(terms=None), Code.NO_RULE),
    ],
)
def test_each_refusal_has_its_reason(given: LoanFacts, code: Code) -> None:
    assert codes(given) == [code]
    assert decide_loan(given, SATURDAY).due is None


def test_what_is_just_allowed_is_allowed() -> None:
    on_the_edge = replace(MANEE, open_loans=2, debt=2_000, expires_on=date(2026, 11, 21))
    assert codes(facts(on_the_edge)) == []


def test_all_reasons_are_told_at_once() -> None:
    given = facts(replace(MANEE, open_loans=3, overdue_loans=2))
    assert codes(given) == [Code.LIMIT_REACHED, Code.HAS_OVERDUE]


def test_what_the_item_says_goes_before_the_matrix_and_is_explained() -> None:
    rows = [RuleRow("* × *", loan_days=7, max_items=2, fine_per_day=100, fine_cap=1_000)]
    terms = terms_for(rows, "pupil", "equipment", OwnTerms(loan_days=1, fine_per_day=0))
    assert terms is not None
    assert (terms.loan_days, terms.max_items, terms.fine_per_day) == (1, 2, 0)
    assert "loan length 1 open days, as the item itself says" in decide_loan(facts(terms=terms), SATURDAY).trace
    assert terms_for([], "pupil", "equipment", OwnTerms(loan_days=1)) is None


@pytest.mark.requirement("W-05")
def test_a_decision_explains_itself() -> None:
    allowed = decide_loan(facts(), SATURDAY)
    assert "loan length 7 open days, from rule pupil × *" in allowed.trace
    assert "closed days left out: 2026-11-22, 2026-11-28, 2026-11-29" in allowed.trace
    assert "due 2026-12-01" in allowed.trace
    refused = decide_loan(facts(replace(MANEE, open_loans=3)), SATURDAY)
    assert "below the limit: no (limit_reached)" in refused.trace
    assert refused.reasons[0].values == {"limit": 3, "count": 3}


def test_a_calendar_that_never_opens_is_told_not_searched_for_ever() -> None:
    never = LoanFacts(MANEE, BOOK, TERMS, Calendar("Asia/Bangkok", frozenset(range(7))), 2_000)
    decision = decide_loan(never, SATURDAY)
    assert not decision.allowed
    assert decision.reasons == (Reason(Code.NEVER_OPEN),)


def test_a_renewal_counts_from_today_and_ends_when_used_up() -> None:
    lent = replace(BOOK, lent_to="10001", due_at=datetime(2026, 11, 25, 16, 59, 59, tzinfo=UTC))
    renewed = decide_renewal(facts(item=lent), SATURDAY)
    assert renewed.allowed
    assert renewed.due == datetime(2026, 12, 1, 16, 59, 59, tzinfo=UTC)
    again = decide_renewal(facts(item=replace(lent, renewals=1)), SATURDAY)
    assert [reason.code for reason in again.reasons] == [Code.RENEWALS_USED]


def test_a_renewal_that_gives_no_more_time_is_not_used_up() -> None:
    lent = replace(BOOK, lent_to="10001", due_at=decide_loan(facts(), SATURDAY).due)
    assert [r.code for r in decide_renewal(facts(item=lent), SATURDAY).reasons] == [Code.TOO_SOON]
    assert decide_renewal(facts(item=lent), datetime(2026, 11, 24, 3, 0, tzinfo=UTC)).allowed


def test_what_is_overdue_or_not_hers_is_not_renewed() -> None:
    late = replace(BOOK, lent_to="10001", due_at=datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC))
    assert [r.code for r in decide_renewal(facts(item=late), SATURDAY).reasons] == [Code.OVERDUE_LOAN]
    assert [r.code for r in decide_renewal(facts(), SATURDAY).reasons] == [Code.NOT_ON_LOAN]


def test_the_member_alone_is_judged_without_an_item() -> None:
    reasons = member_reasons(replace(MANEE, debt=9_000, open_loans=99), SCHOOL, 2_000, SATURDAY)
    assert reasons == (Reason(Code.OWES_TOO_MUCH, {"owed": "90"}),)


def test_late_books_do_not_keep_a_child_out_but_a_block_does() -> None:
    assert entry_reasons(replace(MANEE, overdue_loans=4, debt=9_000), SCHOOL, SATURDAY) == ()
    assert [r.code for r in entry_reasons(replace(MANEE, blocked="x"), SCHOOL, SATURDAY)] == [Code.MEMBER_BLOCKED]
    assert [r.code for r in entry_reasons(None, SCHOOL, SATURDAY)] == [Code.MEMBER_UNKNOWN]


DUE = datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC)  # Friday


@pytest.mark.parametrize(
    ("returned", "fine"),
    [
        (datetime(2026, 11, 20, 10, tzinfo=UTC), Fine(0, 0)),
        (datetime(2026, 11, 22, 10, tzinfo=UTC), Fine(0, 0)),  # Sunday: closed days cost nothing
        (datetime(2026, 11, 23, 10, tzinfo=UTC), Fine(1, 100)),
        (datetime(2026, 11, 27, 10, tzinfo=UTC), Fine(5, 500)),
        (datetime(2027, 6, 30, 10, tzinfo=UTC), Fine(158, 1_000)),  # the cap
    ],
)
def test_fines_count_open_days_up_to_the_cap(returned: datetime, fine: Fine) -> None:
    assert fine_for(TERMS, SCHOOL, DUE, returned) == fine


def test_no_rule_no_fine() -> None:
    assert fine_for(None, SCHOOL, DUE, datetime(2026, 11, 27, 10, tzinfo=UTC)).amount == 0


MATRIX = (
    RuleRow("* × *", loan_days=7, max_items=5, max_renewals=1, fine_per_day=100),
    RuleRow("teacher × *", member_type="teacher", loan_days=30, fine_per_day=0),
    RuleRow("* × dvd", material="dvd", loan_days=2, fine_per_day=500, fine_cap=5_000),
    RuleRow("teacher × dvd", member_type="teacher", material="dvd", max_renewals=0),
)


def test_each_value_comes_from_the_most_special_row_that_says_it() -> None:
    terms = terms_for(MATRIX, "teacher", "dvd")
    assert terms is not None
    assert (terms.loan_days, terms.max_items, terms.max_renewals) == (30, 5, 0)
    assert (terms.fine_per_day, terms.fine_cap) == (0, 5_000)
    assert terms.won["loan_days"] == "teacher × *"
    assert terms.won["max_renewals"] == "teacher × dvd"


def test_without_a_loan_length_there_is_no_rule() -> None:
    assert terms_for((), "pupil", "book") is None
    assert terms_for((RuleRow("pupil × *", member_type="pupil", max_items=3),), "pupil", "book") is None
    assert terms_for(MATRIX[1:], "pupil", "book") is None


@pytest.mark.parametrize("code", list(Code))
def test_every_reason_can_be_said_in_both_languages(code: Code) -> None:
    assert code in SENTENCES
    thai, english = sentence(code, {}, "th"), sentence(code, {}, "en")
    assert any("ก" <= letter <= "๛" for letter in thai)
    assert english.isascii() or "–" in english
    assert "{" not in thai + english


def test_a_reason_of_a_newer_version_is_said_as_it_is() -> None:
    assert sentence("from_the_future", {}, "th") == "from_the_future"


DAYS = st.integers(0, 60)
CLOSED = st.frozensets(st.integers(0, 6), max_size=6)


@given(days=DAYS, closed=CLOSED, day=st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_due_date_is_open_and_exactly_so_many_open_days_away(days: int, closed: frozenset[int], day: date) -> None:
    calendar = Calendar("Asia/Bangkok", closed)
    due = calendar.after_open_days(day, days)
    assert calendar.is_open(due)
    open_between = (due - day).days - len(calendar.closed_days(day, due))
    assert open_between == days or (days == 0 and not calendar.is_open(day))


@given(closed=CLOSED, late=st.integers(-10, 400), cap=st.none() | st.integers(0, 5_000))
def test_a_fine_is_never_negative_never_above_the_cap_and_grows(
    closed: frozenset[int], late: int, cap: int | None
) -> None:
    calendar = Calendar("Asia/Bangkok", closed)
    terms = replace(TERMS, fine_cap=cap)
    at = datetime.fromtimestamp(DUE.timestamp() + late * 86_400, UTC)
    fine, later = fine_for(terms, calendar, DUE, at), fine_for(terms, calendar, DUE, at.replace(year=at.year + 1))
    assert 0 <= fine.amount <= (10**9 if cap is None else cap)
    assert later.amount >= fine.amount
