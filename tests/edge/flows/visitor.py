"""People at a kiosk, for the tests of its flow: what they do, and what the clerk answers them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from samut_edge.clerk import Answer
from samut_edge.events import CardKind, CardTapped, CodeScanned, ItemGone, ItemSeen
from samut_edge.flows import kiosk_events as ev
from samut_edge.flows import kiosk_states as k
from samut_edge.flows.kiosk import step
from samut_edge.flows.kiosk_screens import Limits, at_rest
from samut_wire import messages as m

ActionT = TypeVar("ActionT", bound=ev.Action)

LIMITS = Limits(idle=45)
ALL_WORKS = k.Equipment(cards=True, books=True, paper=k.Paper.READY)
NO_PAPER = replace(ALL_WORKS, paper=k.Paper.NONE)
START = at_rest(0.0, ALL_WORKS)
DUE = datetime(2026, 12, 12, 16, 59, 59, tzinfo=UTC)
SOMCHAI = m.MemberFound(known=True, number="10001", name="สมชาย ใจดี")
HAD = tuple(m.LoanShown(barcode=code, title=f"Book {code}", due_at=DUE) for code in ("B7", "B8"))
MALAI = m.MemberFound(known=True, number="10003", name="มาลัย แก้วตา", loans=HAD)
OFFERED = m.MemberFound(
    known=True, number="10004", name="ปิติ มานะ", loans=HAD, visit="VISIT-OF-PITI", slip_by="line", joins_line=True
)
SQUARES = ("1011", "0101", "1110", "1001")
STRANGER = m.MemberFound(known=False, reasons=(m.ReasonGiven(code="member_unknown"),))


class Visitor:
    """Somebody at the kiosk, with a clerk whose answers come when they are asked for."""

    def __init__(self, state: k.KioskState = START) -> None:
        self.state = state
        self.now = state.since
        self.asked: list[ev.Action] = []

    def does(self, *events: ev.Event) -> k.Screen:
        for event in events:
            self.state, actions = step(self.state, event, now=self.now, limits=LIMITS)
            self.asked += actions
        return self.state.screen

    def waits(self, seconds: float) -> k.Screen:
        self.now += seconds
        return self.does(ev.Tick())

    def signs_in(self, found: m.MemberFound = SOMCHAI) -> k.Screen:
        self.does(tap())
        return self.does(ev.MemberAnswered(self.state.visits, Answer(found, from_hub=True)))

    def asked_for(self, kind: type[ActionT]) -> list[ActionT]:
        return [action for action in self.asked if isinstance(action, kind)]


def tap(uid: str = "04A1B2C3") -> CardTapped:
    return CardTapped("reader", CardKind.UID, uid, 0)


def scan(text: str) -> CodeScanned:
    return CodeScanned("scanner", text, 0)


def seen(barcode: str) -> ItemSeen:
    return ItemSeen("pad", barcode, f"tag of {barcode}")


def gone(barcode: str) -> ItemGone:
    return ItemGone("pad", barcode, f"tag of {barcode}")


def lent(visit: int, barcode: str, *, from_hub: bool = True) -> ev.LoanAnswered:
    decision = m.DecisionMade(allowed=True, due_at=DUE)
    body = m.CheckoutAnswered(barcode=barcode, title=f"Book {barcode}", decision=decision)
    return ev.LoanAnswered(visit, barcode, Answer(body, from_hub))


def refused(visit: int, barcode: str) -> ev.LoanAnswered:
    decision = m.DecisionMade(allowed=False, reasons=(m.ReasonGiven(code="item_on_loan"),))
    body = m.CheckoutAnswered(barcode=barcode, title=f"Book {barcode}", decision=decision)
    return ev.LoanAnswered(visit, barcode, Answer(body, from_hub=True))


def yours(visit: int, barcode: str) -> ev.LoanAnswered:
    """The member has it already."""
    decision = m.DecisionMade(allowed=False, reasons=(m.ReasonGiven(code="item_already_yours"),))
    body = m.CheckoutAnswered(barcode=barcode, title=f"Book {barcode}", decision=decision)
    return ev.LoanAnswered(visit, barcode, Answer(body, from_hub=True))


def renewed(visit: int, barcode: str, *, why_not: str = "") -> ev.RenewalAnswered:
    reasons = (m.ReasonGiven(code=why_not),) if why_not else ()
    decision = m.DecisionMade(allowed=not why_not, reasons=reasons, due_at=None if why_not else DUE)
    body = m.RenewalAnswered(barcode=barcode, title=f"Book {barcode}", decision=decision)
    return ev.RenewalAnswered(visit, barcode, Answer(body, from_hub=True))


def line_code(visit: int, *, seconds: int = 300) -> ev.LineAnswered:
    return ev.LineAnswered(visit, m.LineAnswered(squares=SQUARES, seconds=seconds))


def no_code(visit: int) -> ev.LineAnswered:
    return ev.LineAnswered(visit, m.LineAnswered())


def returned(visit: int, barcode: str, *, days_late: int = 0, fine: int = 0) -> ev.ReturnAnswered:
    body = m.CheckinAnswered(
        barcode=barcode, returned=True, title=f"Book {barcode}", was_on_loan=True, days_late=days_late, fine=fine
    )
    return ev.ReturnAnswered(visit, barcode, Answer(body, from_hub=True))
