"""Who may keep a book longer, and when it must come back sooner."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from samut_rules.choices import CalendarMode, RenewFrom
from samut_rules.loan import ItemStatus, LoanFacts, Renewing
from samut_rules.reasons import Code, Reason
from samut_rules.renewal import decide_renewal, never_renewed, recalled_due
from samut_rules.same_title import Spell
from tests.rules.people import SCHOOL, WITH_HOURS, at, end_of, facts, terms

DUE = end_of(4, 21)
LENT = {"lent_to": "10001", "due_at": DUE}
NOW = at(4, 20)


def lent(item: dict[str, Any] | None = None, member: dict[str, Any] | None = None, **said: Any) -> LoanFacts:
    how = said.pop("renewing", Renewing.SEEN)
    given = terms(**{"max_renewals": 2, **said})
    return facts(given, item={**LENT, **(item or {})}, member=member, renewing=how)


def codes(given: LoanFacts, now: datetime = NOW) -> list[Code]:
    return [reason.code for reason in decide_renewal(given, now).reasons]


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        (lent({"lent_to": ""}), [Reason(Code.NOT_ON_LOAN)]),
        (lent({"lent_to": "10002"}), [Reason(Code.NOT_YOURS)]),
        (lent({"status": ItemStatus.LOST}), [Reason(Code.ITEM_NOT_RENEWABLE)]),
        (lent({"status": ItemStatus.MISSING}), [Reason(Code.ITEM_NOT_RENEWABLE)]),
        (lent({"status": ItemStatus.REFERENCE}), []),
        (lent(renewing=Renewing.AUTOMATIC), [Reason(Code.NOT_AUTOMATIC)]),
        (lent(renewing=Renewing.AUTOMATIC, auto_renew=True), []),
        (lent(renewing=Renewing.UNSEEN, auto_renew=False), []),
        (lent(renew_within_days=1), []),
        (lent(renew_within_days=0), [Reason(Code.RENEW_TOO_EARLY, {"from": "2026-04-21"})]),
        (lent({"renewals": 1}), []),
        (lent({"renewals": 2}), [Reason(Code.RENEWALS_USED, {"limit": 2})]),
        (lent(max_renewals=None), [Reason(Code.RENEWALS_USED, {"limit": 0})]),
        (lent({"unseen_renewals": 1}, max_unseen_renewals=1), []),
        (
            lent({"unseen_renewals": 1}, max_unseen_renewals=1, renewing=Renewing.UNSEEN),
            [Reason(Code.UNSEEN_RENEWALS_USED, {"limit": 1})],
        ),
        (lent({"unseen_renewals": 1}, max_unseen_renewals=2, renewing=Renewing.UNSEEN), []),
        (lent({"unseen_renewals": 9}, renewing=Renewing.UNSEEN), []),
        (
            lent({"unseen_renewals": 2}, max_unseen_renewals=1, auto_renew=True, renewing=Renewing.AUTOMATIC),
            [Reason(Code.UNSEEN_RENEWALS_USED, {"limit": 1})],
        ),
        (
            lent({"earlier": (Spell(at(4, 7), None, 1),)}, same_title_times=2),
            [Reason(Code.SAME_TITLE_LIMIT, {"limit": 2})],
        ),
        (lent(member={"expires_on": date(2026, 4, 19)}), [Reason(Code.MEMBER_EXPIRED, {"ends": "2026-04-19"})]),
        (lent(member={"blocked": "x"}), [Reason(Code.MEMBER_BLOCKED, {"note": "x"})]),
        (lent(member={"card_lost": True}), [Reason(Code.CARD_LOST)]),
        (
            lent(member={"suspended_until": date(2026, 4, 20)}),
            [Reason(Code.SUSPENDED, {"until": "2026-04-20"})],
        ),
        (lent(member={"overdue_loans": 3}), []),  # other books may be late
        (lent({"due_at": end_of(4, 17)}), [Reason(Code.OVERDUE_LOAN)]),
        (lent(member={"debt": 2_001}), [Reason(Code.OWES_TOO_MUCH, {"owed": "20.01"})]),
        (lent({"is_recalled": True}), [Reason(Code.RECALLED)]),
        (lent({"is_waited_for": True}), [Reason(Code.OTHERS_WAIT)]),
        (lent({"booked_from": date(2026, 4, 20)}), [Reason(Code.BOOKED, {"from": "2026-04-20"})]),
        (lent({"booked_from": date(2026, 4, 22)}), [Reason(Code.NO_LONGER, {"until": "2026-04-21"})]),
        (lent(member={"expires_on": date(2026, 4, 21)}), [Reason(Code.NO_LONGER, {"until": "2026-04-21"})]),
        (lent(member={"expires_on": date(2026, 4, 22)}), []),
        (lent(renewal_days=1), [Reason(Code.TOO_SOON)]),
        (lent(renewal_days=0), [Reason(Code.TOO_SOON)]),
        (lent(renewal_days=0, renew_from=RenewFrom.DUE), [Reason(Code.TOO_SOON)]),
        (lent(loan_days=-1), [Reason(Code.RULE_WRONG, {"value": "loan_days"})]),
        (facts(None, item=LENT), [Reason(Code.NO_RULE)]),
    ],
)
def test_each_refusal_of_a_renewal(given: LoanFacts, reasons: list[Reason]) -> None:
    decision = decide_renewal(given, NOW)
    assert list(decision.reasons) == reasons
    assert decision.allowed == (not reasons)
    assert (decision.due is None) == bool(reasons)


def test_refusals_come_in_the_order_of_the_field() -> None:
    item = {"due_at": end_of(4, 17), "renewals": 2, "is_recalled": True, "is_waited_for": True}
    given = lent(item, member={"blocked": "x", "debt": 9_999})
    assert codes(given) == [
        Code.RENEWALS_USED,
        Code.MEMBER_BLOCKED,
        Code.OVERDUE_LOAN,
        Code.OWES_TOO_MUCH,
        Code.RECALLED,
        Code.OTHERS_WAIT,
    ]


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ({}, end_of(4, 29)),
        ({"renewal_days": 3}, end_of(4, 23)),
        ({"renew_from": RenewFrom.DUE}, end_of(4, 30)),
        ({"renew_from": RenewFrom.DUE, "renewal_days": 1}, end_of(4, 22)),
        ({"calendar_mode": CalendarMode.IGNORE}, end_of(4, 27)),
    ],
)
def test_a_renewal_counts_from_today_or_from_the_due_date(said: dict[str, Any], due: datetime) -> None:
    assert decide_renewal(lent(**said), NOW).due == due


def test_what_is_let_pass_while_overdue_counts_from_today() -> None:
    given = lent({"due_at": end_of(4, 17)}, renew_from=RenewFrom.DUE)
    decision = decide_renewal(given, NOW, overridden={Code.OVERDUE_LOAN})
    assert decision.due == end_of(4, 29)
    assert "loan is not overdue: no (overdue_loan), let pass" in decision.trace


def test_until_the_last_second_it_is_not_overdue() -> None:
    assert codes(lent(), DUE) == []
    assert codes(lent(), DUE + timedelta(seconds=1)) == [Code.OVERDUE_LOAN]


def test_a_loan_of_hours_is_renewed_by_hours() -> None:
    item = {"lent_to": "10001", "due_at": at(4, 20, 11)}
    given = terms(loan_hours=2, max_renewals=1)
    from_now = decide_renewal(facts(given, item=item, calendar=WITH_HOURS), NOW)
    assert from_now.due == at(4, 20, 12)
    later = terms(loan_hours=2, max_renewals=1, renew_from=RenewFrom.DUE)
    assert decide_renewal(facts(later, item=item, calendar=WITH_HOURS), NOW).due == at(4, 20, 13)


def test_hours_are_not_renewed_beyond_a_booking() -> None:
    item = {"lent_to": "10001", "due_at": at(4, 20, 16, 30), "booked_from": date(2026, 4, 21)}
    given = facts(terms(loan_hours=24, max_renewals=1), item=item, calendar=WITH_HOURS)
    assert codes(given) == [Code.NO_LONGER]


def test_a_renewal_explains_itself() -> None:
    allowed = decide_renewal(
        lent(renewal_days=3, renew_from=RenewFrom.TODAY, renew_within_days=2, renewing=Renewing.UNSEEN), NOW
    )
    assert allowed.trace == (
        "item is lent to the member: yes",
        "a rule covers it: yes",
        "the rule can be: yes",
        "item may be renewed: yes",
        "automatic renewal is on: yes",
        "near enough to the due date: yes",
        "value renew_within_days = 2, from rule * × *",
        "renewals are left: yes",
        "value max_renewals = 2, from rule * × *",
        "unseen renewals are left: yes",
        "title was not had too often: yes",
        "membership is current: yes",
        "member is not blocked: yes",
        "card is not lost: yes",
        "member is not suspended: yes",
        "loan is not overdue: yes",
        "debt is bearable: yes",
        "item is not recalled: yes",
        "nobody else waits: yes",
        "item is not booked: yes",
        "loan length 7 open days, from rule * × *",
        "value renewal_days = 3, from rule * × *",
        "value renew_from = today, from rule * × *",
        "closed days left out: none",
        "due 2026-04-23",
    )
    assert decide_renewal(lent(renewal_days=1), NOW).trace[-1] == "the renewal gives more time: no (too_soon)"
    assert "value auto_renew = yes, from rule * × *" in decide_renewal(lent(auto_renew=True), NOW).trace
    unseen = decide_renewal(lent(max_unseen_renewals=4), NOW).trace
    assert "value max_unseen_renewals = 4, from rule * × *" in unseen


@pytest.mark.parametrize(
    ("said", "now", "due"),
    [
        ({}, at(4, 8), end_of(4, 16)),  # three days from Wednesday is Saturday, then Songkran
        ({"recall_days": 1}, at(4, 8), end_of(4, 9)),
        ({"recall_days": 0}, at(4, 8), end_of(4, 8)),
        ({"recall_days": 1, "guaranteed_days": 3}, at(4, 8), end_of(4, 10)),  # lent on the 7th
        ({"recall_days": 1, "guaranteed_days": 60}, at(4, 8), end_of(4, 30)),
        ({"calendar_mode": CalendarMode.IGNORE}, at(4, 8), end_of(4, 11)),
        ({}, at(4, 29), end_of(4, 30)),
    ],
)
def test_a_recall_leaves_some_days_and_never_gives_more(said: dict[str, Any], now: datetime, due: datetime) -> None:
    assert recalled_due(terms(**said), SCHOOL, now, lent_at=at(4, 7), due_at=end_of(4, 30)) == due


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (lent(max_renewals=0), Reason(Code.RENEWALS_USED, {"limit": 0})),
        (lent({"status": ItemStatus.MISSING}), Reason(Code.ITEM_NOT_RENEWABLE)),
        (lent({"is_recalled": True}), Reason(Code.RECALLED)),
        (lent({"is_waited_for": True}, {"blocked": "x", "debt": 90_000}, renew_within_days=0), None),
    ],
)
def test_what_can_never_be_renewed_is_known_beforehand_and_what_may_change_is_tried(
    given: LoanFacts, reason: Reason | None
) -> None:
    assert never_renewed(given, NOW) == reason
