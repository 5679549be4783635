"""Who may reserve what: sentences about people."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from samut_rules.calendar import Calendar
from samut_rules.holds import MOST_HOLDS, Copies, HoldFacts, Waiting, hold_reasons, in_turn, keep_until
from samut_rules.lending import decide_loan
from samut_rules.loan import ItemFacts, ItemStatus, LoanFacts, MemberFacts
from samut_rules.matrix import LoanTerms
from samut_rules.reasons import Code
from samut_rules.renewal import decide_renewal

SCHOOL = Calendar("Asia/Bangkok", frozenset({5, 6}), {date(2026, 12, 10): False})
MANEE = MemberFacts("10001", date(2027, 3, 31), "", open_loans=0, overdue_loans=0, debt=0)
ALL_OUT = Copies(to_lend=2, on_shelf=0, waiting=0)
MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
WISH = HoldFacts(MANEE, SCHOOL, ALL_OUT, has_title=False, has_reserved=False, open_holds=0)
TERMS = LoanTerms(loan_days=7, max_items=3, max_renewals=1, fine_per_day=0, fine_cap=None, won={"loan_days": "* × *"})


def test_what_is_out_can_be_reserved() -> None:
    assert hold_reasons(WISH, MONDAY) == ()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (replace(WISH, member=replace(MANEE, expires_on=date(2026, 11, 22))), Code.MEMBER_EXPIRED),
        (replace(WISH, member=replace(MANEE, blocked="ทำบัตรหาย")), Code.MEMBER_BLOCKED),
        (replace(WISH, copies=Copies(to_lend=0, on_shelf=0, waiting=0)), Code.NOTHING_TO_LEND),
        (replace(WISH, has_title=True), Code.TITLE_ALREADY_YOURS),
        (replace(WISH, has_reserved=True), Code.ALREADY_RESERVED),
        (replace(WISH, copies=Copies(to_lend=2, on_shelf=1, waiting=0)), Code.COPY_ON_SHELF),
        (replace(WISH, open_holds=MOST_HOLDS), Code.HOLD_LIMIT_REACHED),
    ],
)
def test_each_reason_against_reserving_is_told(given: HoldFacts, code: Code) -> None:
    assert [reason.code for reason in hold_reasons(given, MONDAY)] == [code]


def test_a_copy_on_the_shelf_for_which_others_wait_hinders_nobody() -> None:
    assert hold_reasons(replace(WISH, copies=Copies(to_lend=1, on_shelf=1, waiting=1)), MONDAY) == ()


def test_an_item_is_kept_for_seven_open_days() -> None:
    assert keep_until(SCHOOL, MONDAY) == datetime(2026, 12, 2, 16, 59, 59, tzinfo=UTC)


def test_a_library_that_never_opens_keeps_it_today() -> None:
    closed = Calendar("Asia/Bangkok", frozenset(range(7)))
    assert keep_until(closed, MONDAY) == datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reserved_for", "codes"), [("10001", []), ("10002", [Code.ITEM_RESERVED]), ("", [Code.ITEM_RESERVED])]
)
def test_an_item_set_aside_is_lent_only_to_whom_it_waits_for(reserved_for: str, codes: list[Code]) -> None:
    item = ItemFacts("B1", ItemStatus.RESERVED, reserved_for=reserved_for)
    decision = decide_loan(LoanFacts(MANEE, item, TERMS, SCHOOL, debt_limit=0), MONDAY)
    assert [reason.code for reason in decision.reasons] == codes


def test_what_others_wait_for_is_not_renewed() -> None:
    due = datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC)
    item = ItemFacts("B1", ItemStatus.AVAILABLE, lent_to="10001", due_at=due, is_waited_for=True)
    decision = decide_renewal(LoanFacts(MANEE, item, TERMS, SCHOOL, debt_limit=0), MONDAY)
    assert [reason.code for reason in decision.reasons] == [Code.OTHERS_WAIT]


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (replace(WISH, terms=replace(TERMS, max_holds=0)), [Code.NO_HOLDS]),
        (replace(WISH, terms=replace(TERMS, max_holds=2), open_holds=1), []),
        (replace(WISH, terms=replace(TERMS, max_holds=1), open_holds=1), [Code.HOLD_LIMIT_REACHED]),
        (replace(WISH, terms=replace(TERMS, max_holds=2), open_holds=2), [Code.HOLD_LIMIT_REACHED]),
        (replace(WISH, copies=Copies(0, 0, 0, on_order=1)), []),
        (replace(WISH, copies=Copies(2, 1, 0), terms=replace(TERMS, hold_on_shelf=True)), []),
        (replace(WISH, member=replace(MANEE, card_lost=True)), [Code.CARD_LOST]),
        (replace(WISH, member=replace(MANEE, suspended_until=date(2026, 11, 23))), [Code.SUSPENDED]),
        (replace(WISH, member=replace(MANEE, suspended_until=date(2026, 11, 22))), []),
    ],
)
def test_the_rules_of_a_kind_hold_for_reserving_it(given: HoldFacts, codes: list[Code]) -> None:
    assert [reason.code for reason in hold_reasons(given, MONDAY)] == codes


def test_the_limit_that_was_reached_is_told() -> None:
    given = replace(WISH, terms=replace(TERMS, max_holds=2), open_holds=2)
    assert hold_reasons(given, MONDAY)[0].values == {"limit": 2}


def test_teachers_come_first_where_the_library_says_so_and_who_is_away_is_passed_over() -> None:
    first, second = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    queue = [
        Waiting("pupil", second),
        Waiting("early pupil", first),
        Waiting("teacher", second, priority=-1),
        Waiting("away", first, priority=-1, not_before=date(2026, 11, 24)),
        Waiting("back today", second, priority=-2, not_before=date(2026, 11, 23)),
        Waiting("an early pupil", first),
    ]
    names = [one.name for one in in_turn(queue, date(2026, 11, 23))]
    assert names == ["back today", "teacher", "an early pupil", "early pupil", "pupil"]


@pytest.mark.parametrize(
    ("days", "wish", "day"),
    [
        (2, None, date(2026, 11, 25)),
        (0, None, date(2026, 11, 23)),
        (7, date(2026, 11, 26), date(2026, 11, 26)),
        (2, date(2026, 12, 26), date(2026, 11, 25)),
        (2, date(2026, 11, 1), date(2026, 11, 23)),
    ],
)
def test_a_member_may_wish_it_kept_for_less(days: int, wish: date | None, day: date) -> None:
    assert keep_until(SCHOOL, MONDAY, days=days, wish=wish) == SCHOOL.end_of(day)
