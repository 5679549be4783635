"""Long random visits: no dead end, nothing lent twice in a visit, nothing of a person left behind."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samut_edge.clerk import Answer
from samut_edge.devices.pad import Security
from samut_edge.events import ItemSeen, PartChanged, Stranger, StrangeTag
from samut_edge.flows import kiosk_events as ev
from samut_edge.flows import kiosk_states as k
from samut_edge.flows.kiosk_books import same_code
from samut_edge.flows.kiosk_screens import at_rest
from samut_edge.kiosk_slip import Library
from samut_edge.kiosk_view import view_of
from samut_wire import messages as m
from tests.edge.flows.visitor import (
    ALL_WORKS,
    HAD,
    LIMITS,
    OFFERED,
    SOMCHAI,
    SQUARES,
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

SECURING = k.House(secures=True, staff_types=frozenset({"librarian"}))
CARDS = ("CARD-OF-SOMCHAI", "CARD-OF-MALEE", "CARD-OF-PITI", "CARD-OF-NOBODY", "CARD-OF-WANDEE")
MALEE = m.MemberFound(
    known=True,
    number="10002",
    name="มาลี ศรีสุข",
    loans=HAD,
    reasons=(m.ReasonGiven(code="has_overdue", values={"count": 1}),),
)
WANDEE = m.MemberFound(known=True, number="90001", name="วันดี", member_type="librarian", pays=True, visit="VISIT-OF")
BAR_CODE_OF_WANDEE = "90001"
FOUND = dict(zip((*CARDS, BAR_CODE_OF_WANDEE), (SOMCHAI, MALEE, OFFERED, STRANGER, WANDEE, WANDEE), strict=True))
PERSONAL = (
    "สมชาย",
    "มาลี",
    "CARD-OF",
    "10001",
    "10002",
    "Book",
    "digits=",
    "ปิติ",
    "VISIT-OF",
    "'1011'",
    '"1011"',
    "วันดี",
    "90001",
)

codes = st.sampled_from(["B1", "b1", "B2", "B3", " B2 ", "B7", ""])
events = st.one_of(
    st.sampled_from(CARDS).map(tap),
    codes.map(scan),
    st.just(scan(BAR_CODE_OF_WANDEE)),
    codes.filter(str.strip).map(seen),
    st.builds(
        ItemSeen,
        st.just("pad"),
        st.sampled_from(["B1", "B2"]),
        st.just("tag"),
        st.integers(1, 3),
        st.just(3),
        st.sampled_from([True, False, None]),
    ),
    st.sampled_from(["E0", "E1"]).map(lambda tag: StrangeTag("pad", tag, Stranger.OTHER_LIBRARY)),
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
            ev.ConfirmCount(right=True),
            ev.ConfirmCount(right=False),
            ev.ChooseEase(what="large", on=True),
            ev.ChooseEase(what="contrast", on=True),
            ev.ShowPay(show=True),
            ev.OpenStaffMenu(),
            ev.PutInService(on=True),
            ev.PutInService(on=False),
            ev.PrintTest(),
            ev.RestartKiosk(),
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
Walk = list[ev.Event | str | float]
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
            return answered_elsewhere(action)


def answered_elsewhere(action: ev.Action) -> ev.Event | None:
    match action:
        case ev.SetTag(visit=visit, barcode=barcode, secured=secured):
            return ev.SecurityAnswered(visit, barcode, secured, outcome_of(barcode, visit))
        case ev.AskPayCode(visit=visit):
            return ev.PayAnswered(visit, m.PayAnswered(squares=SQUARES, amount=500, name="ห้องสมุด"))
        case ev.PrintTestSlip(visit=visit):
            return ev.PrinterDone(visit, printed=False)
        case _:
            return None


def outcome_of(barcode: str, visit: int) -> Security:
    """The tag of B2 does not take it; B1 is lifted now and then."""
    if same_code(barcode, "B2"):
        return Security.PENDING
    return Security.NO_TAG if visit % 3 == 0 else Security.DONE


@dataclass(frozen=True)
class Walked:
    """One step of a walk: the screen before it, the clerk's answer if it was one, and what was asked for."""

    before: k.Screen
    answer: ev.Event | None
    asked: list[ev.Action]


def steps_of(visitor: Visitor, steps: Walk) -> Iterator[Walked]:
    """Answers come in any order, late or never."""
    open_questions: list[ev.Action] = []
    for what in steps:
        known, before, event = len(visitor.asked), visitor.state.screen, None
        if isinstance(what, float):
            visitor.waits(what)
        elif isinstance(what, str):
            event = answered(open_questions.pop(len(open_questions) // 2)) if open_questions else None
            visitor.does(*([event] if event else []))
        else:
            visitor.does(what)
        open_questions += visitor.asked[known:]
        yield Walked(before, event, visitor.asked[known:])


def walk(steps: Walk) -> Visitor:
    visitor = Visitor(at_rest(0.0, ALL_WORKS, SECURING))
    list(steps_of(visitor, steps))
    return visitor


def shown(state: k.KioskState, now: float) -> str:
    return msgspec.json.encode(view_of(state, Library("ห้องสมุด", "Library"), now=now, limits=LIMITS)).decode()


@settings(derandomize=True, deadline=None)
@given(walks)
def test_no_walk_lends_or_renews_a_book_twice_in_one_visit(steps: Walk) -> None:
    asked = walk(steps).asked
    lending = Counter((ask.visit, ask.barcode.casefold()) for ask in asked if isinstance(ask, ev.CheckOut))
    renewing = Counter((ask.visit, ask.barcode.casefold()) for ask in asked if isinstance(ask, ev.Renew))
    returning = Counter((ask.visit, ask.barcode.casefold()) for ask in asked if isinstance(ask, ev.CheckIn))
    assert max([*lending.values(), *renewing.values(), *returning.values()], default=1) == 1


def put_in_service_by_bar_code(visitor: Visitor) -> None:
    """As where staff have no other cards."""
    visitor.does(scan(BAR_CODE_OF_WANDEE))
    visitor.does(ev.MemberAnswered(visitor.state.visits, Answer(WANDEE, from_hub=True)))
    visitor.does(ev.PutInService(on=True), ev.Leave())


def out_of_service() -> Visitor:
    visitor = Visitor(at_rest(0.0, ALL_WORKS, SECURING))
    visitor.signs_in(WANDEE)
    visitor.does(ev.OpenStaffMenu(), ev.PutInService(on=False), ev.Leave())
    return visitor


def test_staff_whose_cards_are_bar_codes_put_a_kiosk_back_in_service() -> None:
    visitor = out_of_service()
    assert visitor.state.screen == k.Unavailable()
    put_in_service_by_bar_code(visitor)
    assert visitor.state.screen == k.Welcome()


def test_the_bar_code_of_a_book_or_a_child_opens_nothing_out_of_service() -> None:
    for found in (STRANGER, SOMCHAI):
        visitor = out_of_service()
        visitor.does(scan("B1"))
        visitor.does(ev.MemberAnswered(visitor.state.visits, Answer(found, from_hub=True)))
        assert visitor.state.screen == k.Unavailable()


@settings(derandomize=True, deadline=None)
@given(walks)
def test_every_walk_leads_back_to_a_loan(steps: Walk) -> None:
    visitor = walk(steps)
    visitor.does(ev.EquipmentChanged(ALL_WORKS))
    visitor.waits(60)
    visitor.waits(60)
    if visitor.state.screen == k.Unavailable():
        put_in_service_by_bar_code(visitor)
    visitor.does(tap(CARDS[0]))
    visitor.does(ev.MemberAnswered(visitor.state.visits, Answer(SOMCHAI, from_hub=True)))
    visitor.does(ev.ConfirmCount(right=True), scan("B9"))
    screen = visitor.does(lent(visitor.state.visits, "B9"))
    assert isinstance(screen, k.Borrowing)
    assert any(isinstance(book, k.Lent) and book.barcode == "B9" for book in screen.books)


@pytest.mark.requirement("H-09")
@settings(derandomize=True, deadline=None)
@given(walks)
def test_nothing_of_a_person_is_left_when_the_kiosk_has_stood_idle(steps: Walk) -> None:
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
    steps: Walk,
) -> None:
    visitor = walk(steps)
    text = shown(visitor.state, visitor.now)
    assert not [word for word in ("CARD-OF", "10001", "10002") if word in text]
    if not isinstance(visitor.state.screen, k.Borrowing):
        assert "สมชาย" not in text
        assert "มาลี" not in text


@settings(derandomize=True, deadline=None)
@given(walks)
def test_what_waits_on_the_pad_is_never_there_twice(steps: Walk) -> None:
    state = walk(steps).state
    assert len(set(state.on_pad)) == len(state.on_pad)


@pytest.mark.requirement("H-11")
@settings(derandomize=True, deadline=None, max_examples=300)
@given(walks)
def test_no_walk_releases_a_tag_without_a_durable_loan(steps: Walk) -> None:
    durable: set[tuple[int, str]] = set()
    for walked in steps_of(Visitor(at_rest(0.0, ALL_WORKS, SECURING)), steps):
        match walked.answer:
            case ev.LoanAnswered() | ev.RenewalAnswered() as lending if lending.answer.body.decision.allowed:
                durable.add((lending.visit, lending.barcode.casefold()))
        released = [one for one in walked.asked if isinstance(one, ev.SetTag) and not one.secured]
        assert all((one.visit, one.barcode.casefold()) in durable for one in released)


@pytest.mark.requirement("H-11")
@settings(derandomize=True, deadline=None, max_examples=300)
@given(walks)
def test_no_walk_forgets_a_tag_that_is_not_right(steps: Walk) -> None:
    """Whatever a visit leaves unwritten is told, once the visitor is gone."""
    visitor = Visitor(at_rest(0.0, ALL_WORKS, SECURING))
    for walked in steps_of(visitor, [*steps, 60.0, 60.0, 60.0]):
        listed = {book.barcode for book in books_on(visitor.state.screen)}
        told = {one.barcode for one in walked.asked if isinstance(one, ev.RecordSecurity)}
        assert untidy(walked.before) - listed <= told


@pytest.mark.requirement("H-11")
@settings(derandomize=True, deadline=None, max_examples=300)
@given(walks)
def test_no_walk_forgets_a_book_that_came_back(steps: Walk) -> None:
    """Whoever leaves while a tag is written or parts are awaited has returned the book."""
    visitor = Visitor(at_rest(0.0, ALL_WORKS, SECURING))
    list(steps_of(visitor, [*steps, 60.0, 60.0, 60.0]))
    securing = {(one.visit, one.barcode) for one in visitor.asked_for(ev.SetTag) if one.secured}
    assert securing <= {(one.visit, one.barcode) for one in visitor.asked_for(ev.CheckIn)}


def untidy(screen: k.Screen) -> set[str]:
    """Books on the screen of which the tag is wanted, or being written."""
    tagged = (book for book in books_on(screen) if not isinstance(book, k.Incomplete | k.Refused))
    return {book.barcode for book in tagged if book.tag in (k.Tag.WANTED, k.Tag.WRITING)}


def books_on(screen: k.Screen) -> tuple[k.Book, ...]:
    match screen:
        case k.Borrowing() | k.Returning():
            return screen.books
        case k.Settling(before=before) | k.Sending(before=before):
            return before.books
        case _:
            return ()
