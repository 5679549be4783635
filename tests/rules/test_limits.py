"""How much and what a member may borrow, and who may let more pass."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from samut_rules.lending import LOAN_RULES, decide_loan
from samut_rules.loan import ItemStatus, LoanFacts, baht
from samut_rules.matrix import About, Kind, OwnTerms, RuleRow, Tree, terms_for
from samut_rules.overrides import OVERRIDES, Override, may_override
from samut_rules.reasons import Code, Reason, sentence
from samut_rules.renewal import RENEWAL_RULES
from samut_rules.same_title import Spell, may_borrow_again_on, times_in_a_row
from samut_rules.standing import member_reasons
from samut_rules.weighing import VALUES_OF
from tests.rules.people import MANEE, SCHOOL, at, facts, terms

NOW = at(4, 20)
TREE = Tree({"camera": "equipment", "tripod": "equipment", "equipment": "things"})
ROWS = (
    RuleRow("* × *", loan_days=7, max_items=5),
    RuleRow("* × equipment", material="equipment", max_items=3),
    RuleRow("teacher × equipment", member_type="teacher", material="equipment", max_items=4),
    RuleRow("* × camera", material="camera", max_items=2),
)
HELD = {Kind("book"): 4, Kind("camera"): 1, Kind("tripod"): 2}


def wants(material: str, held: dict[Kind, int] | None, member_type: str = "pupil", open_loans: int = 7) -> LoanFacts:
    given = terms_for(ROWS, member_type, material, about=About(tree=TREE))
    return facts(given, member={"held": held, "open_loans": open_loans})


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (wants("camera", HELD), Reason(Code.LIMIT_REACHED, {"limit": 3, "count": 3})),  # of all equipment
        (wants("camera", HELD, "teacher"), None),
        (wants("camera", {Kind("camera"): 2}), Reason(Code.LIMIT_REACHED, {"limit": 2, "count": 2})),
        (wants("camera", {Kind("book"): 9}), None),
        (wants("tripod", HELD), Reason(Code.LIMIT_REACHED, {"limit": 3, "count": 3})),
        (wants("tripod", {Kind("camera"): 2}), None),
        (wants("book", HELD), Reason(Code.LIMIT_REACHED, {"limit": 5, "count": 7})),  # the general row counts all
        (wants("book", HELD, open_loans=4), None),
        (wants("camera", None, open_loans=1), None),
        (wants("camera", None, open_loans=2), Reason(Code.LIMIT_REACHED, {"limit": 2, "count": 2})),
    ],
)
def test_limits_by_kind_with_children_summed_to_their_parent(given: LoanFacts, reason: Reason | None) -> None:
    assert decide_loan(given, NOW).reasons == (() if reason is None else (reason,))


def test_the_rows_of_all_limits_are_told() -> None:
    trace = decide_loan(wants("camera", {}), NOW).trace
    told = [step for step in trace if step.startswith("value max_items")]
    assert told == [
        "value max_items = 2, from rule * × camera",
        "value max_items = 3, from rule * × equipment",
    ]


def test_a_limit_of_a_category_counts_what_is_of_it() -> None:
    rows = (RuleRow("a", loan_days=7, max_items=9), RuleRow("b", category="new", location="hall", max_items=1))
    about = About(category="new", location="hall")
    given = terms_for(rows, "pupil", "book", about=about)
    other = {Kind("book", "new", "room"): 1, Kind("book", "old", "hall"): 3}
    assert decide_loan(facts(given, member={"held": other}), NOW).allowed
    same = {Kind("dvd", "new", "hall"): 1}
    assert not decide_loan(facts(given, member={"held": same}), NOW).allowed


@pytest.mark.parametrize(
    ("said", "member", "on_site", "reasons"),
    [
        ({"max_items": 0}, {}, False, [Reason(Code.LIMIT_REACHED, {"limit": 0, "count": 0})]),
        ({"max_items": 3}, {"open_loans": 2}, False, []),
        ({}, {"open_loans": 900}, False, []),
        (
            {"max_items": 3, "max_total": 2},
            {"open_loans": 3},
            False,
            [
                Reason(Code.LIMIT_REACHED, {"limit": 3, "count": 3}),
                Reason(Code.TOTAL_REACHED, {"limit": 2, "count": 3}),
            ],
        ),
        ({"max_total": 3}, {"open_loans": 2}, False, []),
        ({"max_total": 3}, {"open_loans": 3}, True, []),
        ({"max_items": 3}, {"open_loans": 3}, True, []),
        ({"max_on_site": 1}, {"on_site_loans": 1}, False, []),
        (
            {"max_on_site": 1},
            {"on_site_loans": 1},
            True,
            [Reason(Code.ON_SITE_LIMIT, {"limit": 1, "count": 1})],
        ),
        ({"max_on_site": 1}, {}, True, []),
        ({}, {"on_site_loans": 40}, True, []),
        ({"minimum_age": 18}, {"age": 17}, False, [Reason(Code.TOO_YOUNG, {"age": 18})]),
        ({"minimum_age": 18}, {}, False, [Reason(Code.TOO_YOUNG, {"age": 18})]),
        ({"minimum_age": 18}, {"age": 18}, False, []),
        ({"minimum_level": 4}, {"level": 3}, False, [Reason(Code.LEVEL_TOO_LOW, {"level": 4})]),
        ({"minimum_level": 4}, {}, False, [Reason(Code.LEVEL_TOO_LOW, {"level": 4})]),
        ({"minimum_level": 4}, {"level": 4}, False, []),
        ({}, {"card_lost": True}, False, [Reason(Code.CARD_LOST)]),
        (
            {},
            {"suspended_until": date(2026, 4, 20)},
            False,
            [Reason(Code.SUSPENDED, {"until": "2026-04-20"})],
        ),
        ({}, {"suspended_until": date(2026, 4, 19)}, False, []),
    ],
)
def test_limits_of_a_member(
    said: dict[str, Any], member: dict[str, Any], on_site: bool, reasons: list[Reason]
) -> None:
    assert list(decide_loan(facts(terms(**said), member=member, on_site=on_site), NOW).reasons) == reasons


def test_terms_made_by_hand_have_their_limit_too() -> None:
    bare = replace(terms(), max_items=2)
    assert decide_loan(facts(bare, member={"open_loans": 1}), NOW).allowed
    reasons = decide_loan(facts(bare, member={"open_loans": 2}), NOW).reasons
    assert reasons == (Reason(Code.LIMIT_REACHED, {"limit": 2, "count": 2}),)


def test_what_is_only_for_reading_here_is_lent_for_reading_here() -> None:
    reference = {"status": ItemStatus.REFERENCE}
    assert decide_loan(facts(terms(), item=reference, on_site=True), NOW).allowed
    refused = decide_loan(facts(terms(), item=reference), NOW)
    assert refused.reasons == (Reason(Code.ITEM_NOT_FOR_LOAN, {"status": "reference"}),)
    lost = decide_loan(facts(terms(), item={"status": ItemStatus.LOST}, on_site=True), NOW)
    assert lost.reasons == (Reason(Code.ITEM_NOT_FOR_LOAN, {"status": "lost"}),)


def test_what_is_booked_from_today_is_for_whom_it_is_booked() -> None:
    refused = decide_loan(facts(terms(), item={"booked_from": date(2026, 4, 20)}), NOW)
    assert refused.reasons == (Reason(Code.BOOKED, {"from": "2026-04-20"}),)
    assert decide_loan(facts(terms(), item={"booked_from": date(2026, 4, 21)}), NOW).allowed


def test_an_item_may_be_for_older_members_than_its_kind() -> None:
    given = terms_for([RuleRow("a", loan_days=7, minimum_age=7)], "pupil", "book", OwnTerms(minimum_age=18))
    decision = decide_loan(facts(given, member={"age": 12}), NOW)
    assert decision.reasons == (Reason(Code.TOO_YOUNG, {"age": 18}),)
    assert "value minimum_age = 18, as the item itself says" in decision.trace


THRICE = (Spell(at(3, 2), at(3, 9)), Spell(at(3, 10), at(3, 20), renewals=1), Spell(at(3, 23), at(4, 17)))


@pytest.mark.parametrize(
    ("earlier", "wait", "times"),
    [
        ((), None, 0),
        (THRICE, None, 4),  # three loans and a renewal, never back for a week
        (THRICE, 4, 4),  # no gap is as long as four days
        (THRICE, 3, 0),  # back since Friday, three days ago
        (THRICE[:2], 99, 3),
        (THRICE[:2], None, 0),
        ((Spell(at(4, 1), None, renewals=2),), None, 3),
        ((Spell(at(4, 1), at(4, 13)),), None, 0),  # back for just seven days
        ((Spell(at(4, 1), at(4, 14)),), None, 1),
        ((Spell(at(3, 1), at(3, 2)), Spell(at(3, 9), None)), None, 1),
        ((Spell(at(3, 9), None), Spell(at(3, 1), at(3, 3))), None, 2),
        ((Spell(at(4, 1), at(4, 17)),), 3, 0),
        ((Spell(at(4, 1), at(4, 17)),), 4, 1),
        ((Spell(at(4, 1), at(4, 20, 8)),), 0, 0),
    ],
)
def test_times_in_a_row(earlier: tuple[Spell, ...], wait: int | None, times: int) -> None:
    assert times_in_a_row(earlier, SCHOOL, date(2026, 4, 20), wait) == times


def test_renewing_and_borrowing_again_both_count_for_the_same_title() -> None:
    given = terms(same_title_times=4)
    refused = decide_loan(facts(given, item={"earlier": THRICE}), NOW)
    assert refused.reasons == (Reason(Code.SAME_TITLE_LIMIT, {"limit": 4}),)
    assert "value same_title_times = 4, from rule * × *" in refused.trace
    assert decide_loan(facts(terms(same_title_times=5), item={"earlier": THRICE}), NOW).allowed
    assert decide_loan(facts(terms(), item={"earlier": THRICE}), NOW).allowed
    assert decide_loan(facts(given, item={"earlier": THRICE}), at(4, 24)).allowed  # a week later
    assert not decide_loan(facts(given, item={"earlier": THRICE}), at(4, 23)).allowed


def test_a_waiting_time_after_each_return() -> None:
    given = facts(terms(same_title_wait=5), item={"earlier": THRICE})
    refused = decide_loan(given, at(4, 21))
    assert refused.reasons == (Reason(Code.SAME_TITLE_WAIT, {"from": "2026-04-22"}),)
    assert decide_loan(given, at(4, 22)).allowed
    assert decide_loan(facts(terms(same_title_wait=5)), at(4, 21)).allowed
    both = terms(same_title_wait=5, same_title_times=9)
    assert decide_loan(facts(both, item={"earlier": THRICE}), at(4, 21)).allowed
    assert may_borrow_again_on((Spell(at(4, 1), None),), SCHOOL, 5) is None


def test_a_librarian_lets_pass_what_may_be_let_pass() -> None:
    given = facts(terms(max_items=1), member={"open_loans": 1, "debt": 9_000})
    allowed = decide_loan(given, NOW, overridden={Code.LIMIT_REACHED, Code.OWES_TOO_MUCH})
    assert allowed.allowed
    assert "below the limit: no (limit_reached), let pass" in allowed.trace
    part = decide_loan(given, NOW, overridden={Code.LIMIT_REACHED})
    assert [reason.code for reason in part.reasons] == [Code.OWES_TOO_MUCH]
    lent = facts(terms(), item={"lent_to": "10002"})
    assert not decide_loan(lent, NOW, overridden=set(Code)).allowed
    assert not decide_loan(facts(None), NOW, overridden=set(Code)).allowed


def test_nobody_lets_pass_what_cannot_be() -> None:
    for code in (Code.NO_RULE, Code.RULE_WRONG, Code.NEVER_OPEN, Code.ITEM_ON_LOAN, Code.MEMBER_UNKNOWN):
        assert not may_override(code)
    assert may_override(Code.TOO_YOUNG)
    assert set(OVERRIDES.values()) == set(Override)


def test_all_reasons_are_told_also_when_the_calendar_fails() -> None:
    given = facts(terms(), member={"blocked": "x"}, item={"booked_from": date(1, 1, 1)})
    assert [r.code for r in decide_loan(given, NOW).reasons] == [Code.MEMBER_BLOCKED, Code.BOOKED]


def test_values_told_are_those_that_rules_read() -> None:
    names = {rule.__name__ for rule in (*LOAN_RULES, *RENEWAL_RULES)}
    assert set(VALUES_OF) <= names


def test_dates_in_sentences_are_those_of_the_reader() -> None:
    values = {"until": "2026-12-01"}
    assert sentence("suspended", values, "th") == "ถูกพักสิทธิ์การยืมถึง 1 ธ.ค. 2569"
    assert sentence("suspended", values, "en") == "Borrowing is suspended until 1 Dec 2026."
    assert sentence("suspended", {"until": "soon"}, "en") == "Borrowing is suspended until soon."
    assert sentence("booking_closed", {"day": "2026-01-31"}, "en").startswith("The library is closed on 31 Jan 2026.")
    assert sentence("same_title_wait", {"from": "2026-06-05"}, "th").endswith("5 มิ.ย. 2569")
    assert sentence("item_unknown", {"barcode": "2026-12-01"}, "en").startswith("Barcode 2026-12-01 is")
    assert sentence("suspended", {}, "en") == "Borrowing is suspended until –."


def test_a_member_is_judged_alone() -> None:
    bad = replace(MANEE, card_lost=True, suspended_until=date(2026, 5, 1), overdue_loans=2)
    assert member_reasons(bad, SCHOOL, 0, NOW) == (
        Reason(Code.CARD_LOST),
        Reason(Code.SUSPENDED, {"until": "2026-05-01"}),
        Reason(Code.HAS_OVERDUE, {"count": 2}),
    )
    assert member_reasons(MANEE, SCHOOL, 0, NOW) == ()


def test_amounts_are_written_as_people_write_them() -> None:
    assert [baht(n) for n in (0, 500, 550, 123_456)] == ["0", "5", "5.50", "1,234.56"]


def test_a_loan_explains_itself_whole() -> None:
    said: dict[str, Any] = {"max_items": 3, "max_total": 9, "minimum_age": 7, "minimum_level": 1}
    given = terms(**said, same_title_wait=2, calendar_mode="move", max_on_site=4)
    decision = decide_loan(facts(given, member={"age": 9, "level": 2}), NOW)
    assert decision.trace == (
        "membership is current: yes",
        "member is not blocked: yes",
        "card is not lost: yes",
        "member is not suspended: yes",
        "item is for loan: yes",
        "item is not for another: yes",
        "item is in: yes",
        "item is not booked: yes",
        "a rule covers it: yes",
        "the rule can be: yes",
        "old enough: yes",
        "value minimum_age = 7, from rule * × *",
        "level is reached: yes",
        "value minimum_level = 1, from rule * × *",
        "title was not had too often: yes",
        "value same_title_wait = 2, from rule * × *",
        "title was back long enough: yes",
        "value same_title_wait = 2, from rule * × *",
        "below the limit: yes",
        "value max_items = 3, from rule * × *",
        "below the limit of all: yes",
        "value max_total = 9, from rule * × *",
        "below the limit on site: yes",
        "value max_on_site = 4, from rule * × *",
        "nothing is overdue: yes",
        "debt is bearable: yes",
        "loan length 7 days, from rule * × *",
        "value calendar_mode = move, from rule * × *",
        "due 2026-04-27",
    )
    on_site = decide_loan(facts(given, member={"age": 9, "level": 2}, on_site=True), NOW)
    assert "value max_items = 3, from rule * × *" not in on_site.trace
    assert "loan length 7 days, from rule * × *" not in on_site.trace
