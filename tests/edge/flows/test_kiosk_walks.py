"""Long random visits: no dead end, nothing lent twice in a visit, nothing of a person left behind."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samut_edge.clerk import Answer
from samut_edge.events import PartChanged
from samut_edge.flows import kiosk_events as ev
from samut_edge.flows import kiosk_states as k
from samut_edge.kiosk_slip import Library
from samut_edge.kiosk_view import view_of
from samut_wire import messages as m
from tests.edge.flows.visitor import (
    ALL_WORKS,
    HAD,
    LIMITS,
    OFFERED,
    SOMCHAI,
    STRANGER,
    Visitor,
    gone,
    lent,
    line_code,
    refused,
    renewed,
    returned,
    scan,
    seen,
    tap,
    yours,
)

CARDS = ("CARD-OF-SOMCHAI", "CARD-OF-MALEE", "CARD-OF-PITI", "CARD-OF-NOBODY")
MALEE = m.MemberFound(
    known=True,
    number="10002",
    name="มาลี ศรีสุข",
    loans=HAD,
    reasons=(m.ReasonGiven(code="has_overdue", values={"count": 1}),),
)
FOUND = dict(zip(CARDS, (SOMCHAI, MALEE, OFFERED, STRANGER), strict=True))
PERSONAL = ("สมชาย", "มาลี", "CARD-OF", "10001", "10002", "Book", "digits=", "ปิติ", "VISIT-OF", "'1011'", '"1011"')

codes = st.sampled_from(["B1", "b1", "B2", "B3", " B2 ", "B7", ""])
events = st.one_of(
    st.sampled_from(CARDS).map(tap),
    codes.map(scan),
    codes.filter(str.strip).map(seen),
    codes.map(gone),
    st.sampled_from(
        [
            ev.StartTyping(),
            ev.PressDigit(digit="1"),
            ev.EraseDigit(),
            ev.SubmitNumber(),
            ev.StartReturning(),
            ev.LookAtLoans(look=True),
            ev.LookAtLoans(look=False),
            ev.RenewLoan(key="b7"),
            ev.RenewAll(),
            ev.JoinLine(show=True),
            ev.JoinLine(show=False),
            ev.SendSlip(),
            ev.Finish(slip=True),
            ev.Finish(slip=False),
            ev.Leave(),
            ev.Stay(),
            ev.ChooseLanguage(language=k.Language.ENGLISH),
            PartChanged("printer"),
        ]
    ),
    st.builds(k.Equipment, st.booleans(), st.booleans(), st.sampled_from(k.Paper)).map(ev.EquipmentChanged),
)
answer = st.just("answer")
passing = st.integers(min_value=1, max_value=480).map(lambda eighths: eighths / 8)
walks = st.lists(st.one_of(events, answer, answer, passing), max_size=60)


def answered(action: ev.Action) -> ev.Event | None:
    """What the clerk and the printer make of it; B3 belongs to somebody else."""
    match action:
        case ev.FindMember(visit=visit, key=key):
            return ev.MemberAnswered(visit, Answer(FOUND.get(key.value, STRANGER), from_hub=True))
        case ev.CheckOut(visit=visit, barcode="B3"):
            return refused(visit, "B3")
        case ev.CheckOut(visit=visit, barcode="B7"):
            return yours(visit, "B7")
        case ev.Renew(visit=visit, barcode=barcode):
            return renewed(visit, barcode)
        case ev.CheckOut(visit=visit, barcode=barcode):
            return lent(visit, barcode)
        case ev.CheckIn(visit=visit, barcode=barcode):
            return returned(visit, barcode, days_late=2, fine=400)
        case ev.AskLineCode(visit=visit):
            return line_code(visit)
        case ev.AskSlip(visit=visit):
            return ev.SlipAnswered(visit, sent=visit % 2 == 0)
        case ev.PrintSlip(visit=visit):
            return ev.PrinterDone(visit, printed=True)
        case _:
            return None


def walk(steps: list[ev.Event | str | float]) -> Visitor:
    """Answers come in any order, late or never."""
    visitor = Visitor()
    open_questions: list[ev.Action] = []
    for what in steps:
        before = len(visitor.asked)
        if isinstance(what, float):
            visitor.waits(what)
        elif isinstance(what, str):
            event = answered(open_questions.pop(len(open_questions) // 2)) if open_questions else None
            visitor.does(*([event] if event else []))
        else:
            visitor.does(what)
        open_questions += visitor.asked[before:]
    return visitor


def shown(state: k.KioskState, now: float) -> str:
    return msgspec.json.encode(view_of(state, Library("ห้องสมุด", "Library"), now=now, limits=LIMITS)).decode()


@settings(derandomize=True, deadline=None)
@given(walks)
def test_no_walk_lends_or_renews_a_book_twice_in_one_visit(steps: list[ev.Event | str | float]) -> None:
    asked = walk(steps).asked
    lending = Counter((ask.visit, ask.barcode.casefold()) for ask in asked if isinstance(ask, ev.CheckOut))
    renewing = Counter((ask.visit, ask.barcode.casefold()) for ask in asked if isinstance(ask, ev.Renew))
    returning = Counter((ask.visit, ask.barcode.casefold()) for ask in asked if isinstance(ask, ev.CheckIn))
    assert max([*lending.values(), *renewing.values(), *returning.values()], default=1) == 1


@settings(derandomize=True, deadline=None)
@given(walks)
def test_every_walk_leads_back_to_a_loan(steps: list[ev.Event | str | float]) -> None:
    visitor = walk(steps)
    visitor.does(ev.EquipmentChanged(ALL_WORKS))
    visitor.waits(60)
    visitor.waits(60)
    visitor.does(tap(CARDS[0]))
    visitor.does(ev.MemberAnswered(visitor.state.visits, Answer(SOMCHAI, from_hub=True)), scan("B9"))
    screen = visitor.does(lent(visitor.state.visits, "B9"))
    assert isinstance(screen, k.Borrowing)
    assert any(isinstance(book, k.Lent) and book.barcode == "B9" for book in screen.books)


@pytest.mark.requirement("H-09")
@settings(derandomize=True, deadline=None)
@given(walks)
def test_nothing_of_a_person_is_left_when_the_kiosk_has_stood_idle(steps: list[ev.Event | str | float]) -> None:
    visitor = walk(steps)
    for _ in range(3):
        visitor.waits(60)
    left = repr(visitor.state) + shown(visitor.state, visitor.now)
    assert not [word for word in PERSONAL if word in left]
    assert isinstance(visitor.state.screen, k.Welcome | k.Unavailable)
    assert visitor.state.language is k.Language.THAI


@pytest.mark.requirement("H-09")
@settings(derandomize=True, deadline=None)
@given(walks)
def test_the_screen_shows_the_name_only_in_that_members_visit_and_never_a_number_or_card(
    steps: list[ev.Event | str | float],
) -> None:
    visitor = walk(steps)
    text = shown(visitor.state, visitor.now)
    assert not [word for word in ("CARD-OF", "10001", "10002") if word in text]
    if not isinstance(visitor.state.screen, k.Borrowing):
        assert "สมชาย" not in text
        assert "มาลี" not in text


@settings(derandomize=True, deadline=None)
@given(walks)
def test_what_waits_on_the_pad_is_never_there_twice(steps: list[ev.Event | str | float]) -> None:
    state = walk(steps).state
    assert len(set(state.on_pad)) == len(state.on_pad)
