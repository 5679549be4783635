"""Who gets through a gate, and what is a second tap."""

from datetime import date, timedelta

from samut_edge.flows.gate import Direction, GateState, Tap, Verdict, decide_tap
from samut_rules.calendar import Calendar
from samut_rules.loan import MemberFacts
from samut_rules.reasons import Code
from tests.edge.stock import NOW

MANEE = MemberFacts("10001", date(2027, 3, 31), "", 5, 2, 9_000)
BLOCKED = MemberFacts("10002", None, "ทำบัตรหาย", 0, 0, 0)
OPEN = Calendar("Asia/Bangkok")
REPEAT = timedelta(seconds=2)


def tap(
    member: MemberFacts | None, direction: Direction = "in", *, after: float = 0, state: GateState | None = None
) -> tuple[GateState, Verdict]:
    card = member.number if member else "unknown"
    when = NOW + timedelta(seconds=after)
    return decide_tap(state or GateState(), Tap(card, direction, member, when), OPEN, REPEAT)


def test_a_child_with_late_books_and_debts_still_comes_in() -> None:
    assert tap(MANEE)[1] == Verdict(True, True, ())


def test_the_blocked_the_expired_and_the_unknown_stay_out_with_the_reason() -> None:
    expired = MemberFacts("10003", date(2026, 11, 22), "", 0, 0, 0)
    for member, code in ((BLOCKED, Code.MEMBER_BLOCKED), (expired, Code.MEMBER_EXPIRED), (None, Code.MEMBER_UNKNOWN)):
        _, verdict = tap(member)
        assert not verdict.opens
        assert verdict.counts
        assert [reason.code for reason in verdict.reasons] == [code]


def test_the_way_out_is_open_to_everybody() -> None:
    for member in (MANEE, BLOCKED, None):
        assert tap(member, "out")[1].opens


def test_a_second_tap_opens_again_but_is_no_second_visit() -> None:
    state, _ = tap(MANEE)
    _, again = tap(MANEE, after=1.9, state=state)
    assert (again.opens, again.counts, again.reasons[0].code) == (True, False, Code.REPEATED_TAP)
    _, later = tap(MANEE, after=2.0, state=state)
    assert later.counts
    _, out = tap(MANEE, "out", after=1, state=state)
    assert out.counts


def test_a_refused_card_does_not_become_a_repetition() -> None:
    state, _ = tap(BLOCKED)
    assert not tap(BLOCKED, after=1, state=state)[1].opens


def test_a_clock_that_is_set_back_makes_no_endless_repetition() -> None:
    state, _ = tap(MANEE, after=3_600)
    assert tap(MANEE, after=0, state=state)[1].counts


def test_only_the_last_moments_are_remembered() -> None:
    state = GateState()
    for n in range(1_000):
        member = MemberFacts(str(n), None, "", 0, 0, 0)
        state, _ = tap(member, after=n, state=state)
    assert len(state.recent) <= 3
