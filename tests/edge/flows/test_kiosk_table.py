"""Every screen with every event: what is in the table happens; all else changes no screen and asks for nothing."""

from dataclasses import replace

import pytest

from samut_edge.clerk import Answer
from samut_edge.devices.pad import Security
from samut_edge.events import CardKind, Input, InputChanged, ItemSeen, PartChanged, Stranger, StrangeTag, TagPassed
from samut_edge.flows import kiosk_events as ev
from samut_edge.flows import kiosk_states as k
from samut_edge.flows.kiosk import step
from samut_edge.flows.kiosk_offer import JoinCode, Joining, Offer, PayCode
from samut_edge.flows.kiosk_screens import at_rest
from samut_edge.slip import SlipKind
from samut_wire import messages as m
from tests.edge.flows.visitor import (
    ALL_WORKS,
    DUE,
    HAD,
    LIMITS,
    SOMCHAI,
    SQUARES,
    STRANGER,
    gone,
    lent,
    line_code,
    no_code,
    refused,
    renewed,
    returned,
    scan,
    seen,
    tap,
    yours,
)

VISIT = 7
KEY = k.MemberKey(CardKind.UID, "04A1B2C3")
LENT = k.Lent("B9", "Book", DUE, from_hub=True)
RETURNED = k.Returned("B9", "Book", was_on_loan=True, days_late=0, fine=0, reasons=(), from_hub=True)
NEXT = k.MemberKey(CardKind.UID, "04FFFFFF")
EMPTY = k.Borrowing(VISIT, KEY, "10001", "สมชาย ใจดี", (), ())
HAS_SOME = replace(EMPTY, loans=HAD)
OWED = k.Account(debt=500)
OFFER = Offer("V", "line", line=Joining.OFFERED)
OFFERED = replace(EMPTY, books=(LENT,), offer=OFFER)

SCREENS: dict[str, k.Screen] = {
    "welcome": k.Welcome(),
    "unavailable": k.Unavailable(),
    "typing": k.Typing("12"),
    "typing nothing": k.Typing(""),
    "identifying": k.Identifying(VISIT, KEY),
    "not known": k.NotKnown(()),
    "borrowing nothing": EMPTY,
    "borrowing, waiting": replace(EMPTY, books=(LENT, k.Asked("B1"))),
    "borrowing": replace(EMPTY, books=(LENT,)),
    "with loans": HAS_SOME,
    "with loans, looking": replace(HAS_SOME, looks=True),
    "with loans, waiting": replace(HAS_SOME, books=(k.Asked("B7"),), looks=True),
    "offered": OFFERED,
    "offered, code asked": replace(OFFERED, offer=replace(OFFER, line=Joining.ASKED)),
    "offered, code failed": replace(OFFERED, offer=replace(OFFER, line=Joining.FAILED)),
    "offered, code shown": replace(OFFERED, offer=replace(OFFER, line=JoinCode(SQUARES, 400.0))),
    "sending": k.Sending(OFFERED, k.LoanReceipt("สมชาย ใจดี", (LENT,))),
    "returning nothing": k.Returning(VISIT),
    "returning, waiting": k.Returning(VISIT, (RETURNED, k.Asked("B1"))),
    "returning": k.Returning(VISIT, (RETURNED,)),
    "settling a loan": k.Settling(replace(EMPTY, books=(LENT, k.Asked("B1"))), NEXT),
    "settling a return": k.Settling(k.Returning(VISIT, (RETURNED, k.Asked("B1"))), NEXT),
    "settling nothing lent": k.Settling(replace(EMPTY, books=(k.Asked("B1"),)), NEXT),
    "printing": k.Printing(VISIT, k.LoanReceipt("สมชาย ใจดี", (LENT,))),
    "printing, the next waits": k.Printing(VISIT, k.LoanReceipt("สมชาย ใจดี", (LENT,)), NEXT),
    "owing": replace(EMPTY, account=OWED, offer=replace(OFFER, line=Joining.NOT_OFFERED, pay=Joining.OFFERED)),
    "owing, code asked": replace(EMPTY, account=OWED, offer=Offer("V", pay=Joining.ASKED)),
    "owing, code shown": replace(EMPTY, account=OWED, offer=Offer("V", pay=PayCode(SQUARES, 500, "ห้องสมุด"))),
    "of staff": replace(EMPTY, is_staff=True),
    "counting": k.Counting(EMPTY),
    "menu": k.StaffMenu(VISIT),
    "menu, testing": k.StaffMenu(VISIT, testing=True),
    "releasing a tag": replace(EMPTY, books=(replace(LENT, barcode="B1", tag=k.Tag.WRITING, tries=1),)),
    "wanting a tag": replace(EMPTY, books=(replace(LENT, barcode="B3", tag=k.Tag.WANTED),)),
    "securing a tag": k.Returning(VISIT, (k.Asked("B1", k.Tag.WRITING, tries=1),)),
    "waiting for parts": k.Returning(VISIT, (k.Incomplete("B1", 1, 3, since=100.0),)),
    "settling a tag": k.Settling(replace(EMPTY, books=(replace(LENT, barcode="B1", tag=k.Tag.WRITING),)), NEXT),
    "done": k.Done(SlipKind.LOAN, 1, DUE, 0, k.SlipOutcome.PRINTED),
}

EVENTS: dict[str, ev.Event] = {
    "card": tap("04FFFFFF"),
    "own card": tap(KEY.value),
    "empty card": tap(" "),
    "scan": scan("B2"),
    "scan of a loan": scan("b7"),
    "empty scan": scan("  "),
    "book on pad": seen("B3"),
    "book off pad": gone("B3"),
    "strange tag": StrangeTag("pad", "E0FF", Stranger.MEMBER_CARD),
    "tag at an exit": TagPassed("antenna", "B3", "tag of B3", secured=True, seen_ns=0),
    "wire of a gate": InputChanged("board", Input.DOOR, active=True, seen_ns=0),
    "part of a set on pad": ItemSeen("pad", "B4", "tag of B4", seen=1, of=3),
    "tag released": ev.SecurityAnswered(VISIT, "B1", secured=False, outcome=Security.DONE),
    "tag not released": ev.SecurityAnswered(VISIT, "B1", secured=False, outcome=Security.PENDING),
    "no tag there": ev.SecurityAnswered(VISIT, "B1", secured=False, outcome=Security.NO_TAG),
    "tag secured": ev.SecurityAnswered(VISIT, "B1", secured=True, outcome=Security.DONE),
    "tag not secured": ev.SecurityAnswered(VISIT, "B1", secured=True, outcome=Security.PENDING),
    "tag not released, too late": ev.SecurityAnswered(VISIT - 1, "B1", secured=False, outcome=Security.PENDING),
    "count is right": ev.ConfirmCount(right=True),
    "count is wrong": ev.ConfirmCount(right=False),
    "larger": ev.ChooseEase(what="large", on=True),
    "pay": ev.ShowPay(show=True),
    "away from paying": ev.ShowPay(show=False),
    "code to pay": ev.PayAnswered(VISIT, m.PayAnswered(squares=SQUARES, amount=500)),
    "no code to pay": ev.PayAnswered(VISIT, m.PayAnswered()),
    "code to pay too late": ev.PayAnswered(VISIT - 1, m.PayAnswered(squares=SQUARES, amount=500)),
    "staff menu": ev.OpenStaffMenu(),
    "out of service": ev.PutInService(on=False),
    "test slip": ev.PrintTest(),
    "restart": ev.RestartKiosk(),
    "part changed": PartChanged("printer"),
    "language": ev.ChooseLanguage(language=k.Language.ENGLISH),
    "type": ev.StartTyping(),
    "digit": ev.PressDigit(digit="4"),
    "erase": ev.EraseDigit(),
    "submit": ev.SubmitNumber(),
    "return": ev.StartReturning(),
    "look": ev.LookAtLoans(look=True),
    "look away": ev.LookAtLoans(look=False),
    "renew": ev.RenewLoan(key="b7"),
    "renew another's": ev.RenewLoan(key="b1"),
    "renew all": ev.RenewAll(),
    "join line": ev.JoinLine(show=True),
    "away from code": ev.JoinLine(show=False),
    "code": line_code(VISIT),
    "no code": no_code(VISIT),
    "code too late": line_code(VISIT - 1),
    "send slip": ev.SendSlip(),
    "sent": ev.SlipAnswered(VISIT, sent=True),
    "not sent": ev.SlipAnswered(VISIT, sent=False),
    "sent too late": ev.SlipAnswered(VISIT - 1, sent=True),
    "finish with slip": ev.Finish(slip=True),
    "finish": ev.Finish(slip=False),
    "leave": ev.Leave(),
    "stay": ev.Stay(),
    "found": ev.MemberAnswered(VISIT, Answer(SOMCHAI, from_hub=True)),
    "not found": ev.MemberAnswered(VISIT, Answer(STRANGER, from_hub=True)),
    "found too late": ev.MemberAnswered(VISIT - 1, Answer(SOMCHAI, from_hub=True)),
    "lent": lent(VISIT, "B1"),
    "not lent": refused(VISIT, "B1"),
    "already yours": yours(VISIT, "B1"),
    "renewed": renewed(VISIT, "B1"),
    "not renewed": renewed(VISIT, "B1", why_not="others_wait"),
    "renewed too late": renewed(VISIT - 1, "B1"),
    "lent too late": lent(VISIT - 1, "B1"),
    "returned": returned(VISIT, "B1"),
    "returned too late": returned(VISIT - 1, "B1"),
    "printed": ev.PrinterDone(VISIT, printed=True),
    "not printed": ev.PrinterDone(VISIT, printed=False),
    "printed too late": ev.PrinterDone(VISIT - 1, printed=True),
    "no books readable": ev.EquipmentChanged(replace(ALL_WORKS, books=False)),
    "all works": ev.EquipmentChanged(ALL_WORKS),
    "tick": ev.Tick(),
}

FIND = (ev.FindMember, ev.AskPrinter)
BETWEEN = ("welcome", "typing", "typing nothing", "not known", "done")
LOOKING = ("with loans", "with loans, looking")
OWING = ("owing", "owing, code asked", "owing, code shown", "of staff")
TAGS = ("releasing a tag", "wanting a tag", "securing a tag", "waiting for parts")
WITH_BOOKS = (
    *(name for name in SCREENS if name.startswith(("borrowing", "returning", "with loans", "offered"))),
    *(*OWING, *TAGS),
)
WITH_OFFER = tuple(name for name in SCREENS if name.startswith("offered"))
QUIET_WITH_BOOKS = tuple(name for name in WITH_BOOKS if "waiting" not in name and name not in (*OWING, *TAGS))
RETURNING = ("returning nothing", "returning, waiting", "returning", "securing a tag", "waiting for parts")
AWAITING = {
    "tag released": ("releasing a tag", "settling a tag"),
    "tag secured": ("securing a tag",),
}
OTHER_CARDS = (("borrowing", "card"), ("returning", "card"), ("returning", "own card"))

Outcome = tuple[type[k.Screen], tuple[type[ev.Action], ...]]
CHANGES: dict[tuple[str, str], Outcome] = {
    **{(screen, "part changed"): (type(SCREENS[screen]), (ev.LookAtParts,)) for screen in SCREENS},
    **{
        (screen, event): (k.Identifying, FIND)
        for screen in BETWEEN
        for event in ("card", "own card", "scan", "scan of a loan")
    },
    **{(screen, "type"): (k.Typing, ()) for screen in BETWEEN},
    **{(screen, "return"): (k.Returning, (ev.AskPrinter,)) for screen in BETWEEN},
    **{(screen, "leave"): (k.Welcome, ()) for screen in (*BETWEEN, "identifying")},
    **dict.fromkeys(OTHER_CARDS, (k.Printing, (ev.PrintSlip,))),
    **{(f"{kind} nothing", card): (k.Identifying, FIND) for kind, card in OTHER_CARDS},
    **{(f"{kind}, waiting", card): (k.Settling, ()) for kind, card in OTHER_CARDS},
    **{
        (screen, event): (
            type(SCREENS[screen]),
            (ev.CheckIn if screen in RETURNING else ev.CheckOut,),
        )
        for screen in WITH_BOOKS
        for event in ("scan", "book on pad", "scan of a loan")
        if (screen, event) not in (("with loans, waiting", "scan of a loan"), ("wanting a tag", "book on pad"))
    },
    **{
        (screen, event): (type(SCREENS[screen]), (ev.RecordSecurity,))
        for event, awaiting in AWAITING.items()
        for screen in SCREENS
        if screen not in awaiting
    },
    **{(screen, "book on pad"): (k.Returning, (ev.SetTag,)) for screen in ("securing a tag", "waiting for parts")},
    **{(screen, "card"): (k.Identifying, FIND) for screen in (*OWING, "counting")},
    **{(screen, way): (k.Welcome, ()) for screen in OWING for way in ("leave", "finish", "finish with slip")},
    ("owing", "pay"): (k.Borrowing, (ev.AskPayCode,)),
    ("of staff", "staff menu"): (k.StaffMenu, ()),
    ("counting", "count is right"): (k.Borrowing, ()),
    ("counting", "leave"): (k.Welcome, ()),
    ("counting", "book off pad"): (k.Borrowing, ()),
    ("menu", "leave"): (k.Welcome, ()),
    ("menu, testing", "leave"): (k.Welcome, ()),
    ("menu", "restart"): (k.Welcome, (ev.Restart,)),
    ("menu, testing", "restart"): (k.Welcome, (ev.Restart,)),
    ("menu", "test slip"): (k.StaffMenu, (ev.PrintTestSlip,)),
    ("releasing a tag", "card"): (k.Settling, ()),
    ("settling a tag", "tag released"): (k.Printing, (ev.PrintSlip,)),
    ("settling a tag", "no tag there"): (k.Printing, (ev.RecordSecurity, ev.PrintSlip)),
    ("settling a tag", "tag not released"): (k.Printing, (ev.RecordSecurity, ev.PrintSlip)),
    ("wanting a tag", "card"): (k.Printing, (ev.RecordSecurity, ev.PrintSlip)),
    ("wanting a tag", "book on pad"): (k.Borrowing, (ev.SetTag,)),
    **{("wanting a tag", way): (k.Done, (ev.RecordSecurity,)) for way in ("leave", "finish")},
    ("wanting a tag", "finish with slip"): (k.Printing, (ev.RecordSecurity, ev.PrintSlip)),
    ("securing a tag", "card"): (k.Settling, ()),
    ("securing a tag", "own card"): (k.Settling, ()),
    ("securing a tag", "tag secured"): (k.Returning, (ev.CheckIn,)),
    ("securing a tag", "tag not secured"): (k.Returning, (ev.CheckIn,)),
    ("waiting for parts", "card"): (k.Settling, ()),
    ("waiting for parts", "own card"): (k.Settling, ()),
    **{(screen, "renew"): (k.Borrowing, (ev.Renew,)) for screen in LOOKING},
    **{(screen, "renew all"): (k.Borrowing, (ev.Renew, ev.Renew)) for screen in LOOKING},
    **{(screen, event): (k.Welcome, ()) for screen in LOOKING for event in ("leave", "finish", "finish with slip")},
    **{(screen, "card"): (k.Identifying, FIND) for screen in LOOKING},
    ("with loans, waiting", "renew all"): (k.Borrowing, (ev.Renew,)),
    ("with loans, waiting", "card"): (k.Settling, ()),
    ("borrowing, waiting", "already yours"): (k.Borrowing, (ev.Renew,)),
    ("settling a loan", "already yours"): (k.Settling, (ev.Renew,)),
    ("settling nothing lent", "already yours"): (k.Settling, (ev.Renew,)),
    ("settling a loan", "renewed"): (k.Printing, (ev.PrintSlip,)),
    ("settling a loan", "not renewed"): (k.Printing, (ev.PrintSlip,)),
    ("settling nothing lent", "renewed"): (k.Printing, (ev.PrintSlip,)),
    ("settling nothing lent", "not renewed"): (k.Identifying, FIND),
    **{(screen, "leave"): (k.Done, ()) for screen in QUIET_WITH_BOOKS if screen not in LOOKING},
    **{(screen, "finish"): (k.Done, ()) for screen in QUIET_WITH_BOOKS if screen not in LOOKING},
    **{
        (screen, "finish with slip"): (k.Printing, (ev.PrintSlip,))
        for screen in QUIET_WITH_BOOKS
        if screen not in LOOKING
    },
    **{
        (f"{kind} nothing", event): (k.Welcome, ())
        for kind in ("borrowing", "returning")
        for event in ("leave", "finish", "finish with slip")
    },
    **{(screen, "card"): (k.Printing, (ev.PrintSlip,)) for screen in WITH_OFFER},
    **{(screen, "send slip"): (k.Sending, (ev.AskSlip,)) for screen in WITH_OFFER},
    ("offered", "join line"): (k.Borrowing, (ev.AskLineCode,)),
    ("offered, code failed", "join line"): (k.Borrowing, (ev.AskLineCode,)),
    ("sending", "sent"): (k.Done, ()),
    ("sending", "not sent"): (k.Borrowing, ()),
    ("typing", "submit"): (k.Identifying, FIND),
    ("identifying", "found"): (k.Borrowing, ()),
    ("identifying", "not found"): (k.NotKnown, ()),
    ("settling a loan", "lent"): (k.Printing, (ev.PrintSlip,)),
    ("settling a loan", "not lent"): (k.Printing, (ev.PrintSlip,)),
    ("settling a return", "returned"): (k.Printing, (ev.PrintSlip,)),
    ("settling nothing lent", "lent"): (k.Printing, (ev.PrintSlip,)),
    ("settling nothing lent", "not lent"): (k.Identifying, FIND),
    ("printing, the next waits", "printed"): (k.Identifying, FIND),
    ("printing, the next waits", "not printed"): (k.Identifying, FIND),
    ("printing", "printed"): (k.Done, ()),
    ("printing", "not printed"): (k.Done, ()),
    ("welcome", "no books readable"): (k.Unavailable, ()),
    ("unavailable", "all works"): (k.Welcome, ()),
}


def state_with(screen: str) -> k.KioskState:
    equipment = replace(ALL_WORKS, books=screen != "unavailable")
    house = k.House(secures=any(word in screen for word in ("tag", "parts")))
    return replace(at_rest(100.0, equipment, house), screen=SCREENS[screen], visits=VISIT)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_event_on_every_screen(screen: str, event: str) -> None:
    expected, asked = CHANGES.get((screen, event), (type(SCREENS[screen]), ()))
    after, actions = step(state_with(screen), EVENTS[event], now=101.0, limits=LIMITS)
    assert type(after.screen) is expected
    assert tuple(type(action) for action in actions) == asked


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_ends_by_itself(screen: str) -> None:
    """A slip that is not finished in time is given up first; then that screen ends too."""
    state, now = state_with(screen), 100.0
    for _ in range(2):
        now += 60
        state, _ = step(state, ev.Tick(), now=now, limits=LIMITS)
    assert isinstance(state.screen, k.Unavailable if screen == "unavailable" else k.Welcome)


@pytest.mark.parametrize("screen", SCREENS)
def test_an_answer_that_comes_too_late_changes_nothing(screen: str) -> None:
    state = state_with(screen)
    for event in (name for name in EVENTS if name.endswith("too late")):
        assert step(state, EVENTS[event], now=101.0, limits=LIMITS) == (state, ())


def test_the_table_names_every_screen_and_every_event() -> None:
    assert {type(screen) for screen in SCREENS.values()} == set(k.Screen.__args__)
    assert {type(event) for event in EVENTS.values()} == set(ev.Event.__args__)
