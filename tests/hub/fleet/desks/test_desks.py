"""A librarian works at a desk with readers and a printer of its own."""

import contextlib
import itertools
import json
from collections.abc import Generator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.db import Database
from samut_hub.fleet.desks.models import DeskRead
from samut_hub.fleet.desks.service import forget_reads
from samut_hub.fleet.models import DeviceCommand
from samut_hub.members.cards import add_card
from samut_hub.members.models import CardKind
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Role
from samut_wire import messages as m
from samut_wire.pins import is_right_pin
from samut_wire.topics import Kind
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.fleet.desks.conftest import DESK, DeskSide, set_parts
from tests.hub.shelf import Shelf, member

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ONE, OTHER = "1" * 32, "2" * 32
CARD = "04A1B2C3D4E5F6"
FIRST, COMMAND = "019aa4c5-0000-7000-8000-000000000001", "019aa4c5-0000-7000-8000-000000000002"


@pytest.fixture
def librarian(sign_in: SignIn, desk: DeskSide) -> FlaskClient:
    """Works at the desk of the north."""
    browser = sign_in()
    assert browser.post("/desk/station/", data={"station": DESK}).status_code == 302
    return browser


def hears(
    browser: FlaskClient, page: str = ONE, last: int | None = None
) -> Generator[tuple[str, dict[str, str]], None, None]:
    """The events that a page is told, each with what it carries; a page that comes anew takes the readers."""
    if last is None:
        last = browser.post("/desk/station/take", data={"page": page}).json["after"]  # type: ignore[index]
    headers = {"Last-Event-ID": str(last)}
    answer = browser.get(f"/desk/station/stream?page={page}", headers=headers, buffered=False)
    assert answer.mimetype == "text/event-stream"
    with contextlib.closing(answer):
        for chunk in answer.iter_encoded():
            lines = chunk.decode().strip().splitlines()
            said = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
            if "event" in said:
                yield said["event"], json.loads(said["data"])


def told(heard: Generator[tuple[str, dict[str, str]], None, None], most: int) -> list[str]:
    """The next events, or what was read; then the line is closed."""
    with contextlib.closing(heard) as events:
        return [said.get("text", event) for event, said in itertools.islice(events, most)]


def give_card(database: Database, desk: DeskSide, libraries: Libraries, clock: Clock, number: str) -> None:
    with database.session(libraries.north) as session:
        card = add_card(session, member(session, number), key=desk._key, kind=CardKind.UID, value=CARD, now=clock())
        assert card.hash == desk.hash_of("uid", CARD)


@pytest.mark.requirement("H-24")
def test_what_the_readers_read_comes_to_the_page_and_the_slip_out_of_the_printer(
    librarian: FlaskClient,
    desk: DeskSide,
    shelf: Shelf,
    database: Database,
    libraries: Libraries,
    clock: Clock,
) -> None:
    give_card(database, desk, libraries, clock, shelf.pupil)
    assert "data-station=" in librarian.get("/desk/").text
    heard = hears(librarian)
    assert next(heard) == ("listening", {})
    desk.taps(CARD)
    event, typed = next(heard)
    assert (event, typed) == ("read", {"text": shelf.pupil})
    desk.scans(shelf.book)
    assert next(heard) == ("read", {"text": shelf.book})
    with database.session(libraries.north) as session:
        who = member(session, shelf.pupil).id
    came = librarian.post("/desk/scan", data={"scan": shelf.pupil, "command": FIRST}, headers={"HX-Request": "true"})
    assert "Print the slip here" in came.text
    librarian.post("/desk/scan", data={"scan": shelf.book, "member": who, "command": COMMAND})
    assert librarian.post(f"/desk/station/slip/{who}").location == f"/desk/?member={who}"
    [order] = desk.hears(Kind.PRINT_SLIP)
    slip = order.body
    assert isinstance(slip, m.SlipOrdered)
    assert (slip.heading, slip.library, slip.by) == ("Loan slip", "North School Library", "north.librarian")
    assert [(line.title, line.barcode) for line in slip.lines] == [("พระอภัยมณี", shelf.book)]
    assert slip.lines[0].note.startswith("due ")
    desk.say(Kind.COMMAND_DONE, m.CommandDone(id=order.id, done=True))
    with database.session(None) as session:
        kept = session.get_one(DeviceCommand, order.id)
        assert (kept.outcome, kept.content) == ("done", None)


def test_a_card_that_is_nobodys_can_be_given_to_the_member_at_the_desk(
    librarian: FlaskClient, desk: DeskSide, shelf: Shelf, database: Database, libraries: Libraries, sign_in: SignIn
) -> None:
    heard = hears(librarian)
    next(heard)
    desk.taps(CARD)
    event, said = next(heard)
    assert (event, said["sentence"]) == ("unknown", "This card is nobody's yet.")
    with database.session(libraries.north) as session:
        who = member(session, shelf.pupil).id
    page = librarian.get(f"{said['address']}?member={who}").text
    assert f'value="{shelf.pupil}"' in page
    assert librarian.post(said["address"], data={"number": "77777"}).status_code == 422
    assert librarian.post(said["address"], data={"number": shelf.pupil}).location == f"/desk/?member={who}"
    desk.taps(CARD)
    assert next(heard) == ("read", {"text": shelf.pupil})
    assert librarian.post(said["address"], data={"number": shelf.other}).status_code == 422
    assert sign_in("assistant").get(said["address"]).status_code == 403


def test_only_the_page_that_was_opened_last_hears_and_a_lost_line_loses_nothing(
    librarian: FlaskClient, desk: DeskSide, shelf: Shelf
) -> None:
    assert told(hears(librarian), 1) == ["listening"]
    desk.scans(shelf.book)
    desk.scans(shelf.second)
    assert told(hears(librarian, last=1), 2) == ["listening", shelf.second]
    assert told(hears(librarian, OTHER), 1) == ["listening"]
    desk.scans(shelf.third)
    assert told(hears(librarian, last=2), 9) == ["listening", "taken"]
    assert told(hears(librarian, OTHER, last=2), 2) == ["listening", shelf.third]


def test_an_address_alone_takes_no_readers_and_one_browser_no_more_than_its_seats(
    librarian: FlaskClient, desk: DeskSide, shelf: Shelf, hub_app: Flask
) -> None:
    """A picture on a page elsewhere, with this address, is asked for by the browser of whoever looks at it."""
    assert told(hears(librarian), 1) == ["listening"]
    listening = librarian.get(f"/desk/station/stream?page={OTHER}", buffered=False)
    with contextlib.closing(listening):
        assert "taken" in b"".join(listening.iter_encoded()).decode()
    desk.scans(shelf.book)
    assert told(hears(librarian, last=0), 2) == ["listening", shelf.book]
    hub_app.config["WTF_CSRF_ENABLED"] = True
    assert librarian.post("/desk/station/take", data={"page": OTHER}).status_code >= 400
    hub_app.config["WTF_CSRF_ENABLED"] = False
    with contextlib.ExitStack() as open_ones:
        for status in (200, 200, 503):
            one = librarian.get(f"/desk/station/stream?page={ONE}", buffered=False)
            open_ones.callback(one.close)
            assert one.status_code == status
    assert told(hears(librarian, last=0), 1) == ["listening"]


def test_what_was_read_is_forgotten_after_a_minute(
    desk: DeskSide, shelf: Shelf, clock: Clock, database: Database
) -> None:
    desk.scans(shelf.book)
    clock.pass_by(minutes=2)
    desk.scans(shelf.second)
    with database.session(None) as session:
        forget_reads(session, clock())
        assert [(read.id, read.text) for read in session.scalars(select(DeskRead))] == [(2, shelf.second)]


def test_a_printer_without_paper_is_told_before_anything_is_sent(
    librarian: FlaskClient, desk: DeskSide, shelf: Shelf, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        who = member(session, shelf.pupil).id
    nothing = librarian.post(f"/desk/station/slip/{who}")
    assert (nothing.status_code, "nothing to print" in nothing.text) == (422, True)
    librarian.post("/desk/scan", data={"scan": shelf.book, "member": who, "command": COMMAND})
    set_parts(database, printer="paper_out")
    refused = librarian.post(f"/desk/station/slip/{who}")
    assert (refused.status_code, "not ready" in refused.text) == (422, True)
    assert desk.hears(Kind.PRINT_SLIP) == []
    set_parts(database, printer="ready")
    librarian.post(f"/desk/station/slip/{who}")
    [order] = desk.hears(Kind.PRINT_SLIP)
    heard = hears(librarian)
    next(heard)
    desk.say(Kind.COMMAND_DONE, m.CommandDone(id=order.id, done=False, detail="The slip is not printed: no paper."))
    assert next(heard) == ("said", {"sentence": "The slip was not printed. Look at the desk's printer."})


def test_a_desk_of_another_library_is_not_to_be_had(sign_in: SignIn, desk: DeskSide) -> None:
    browser = sign_in()
    assert "South" not in browser.get("/desk/station/").text
    assert browser.post("/desk/station/", data={"station": "desk-s"}).status_code == 422
    browser.set_cookie("samut_desk", "desk-s")
    assert browser.get(f"/desk/station/stream?page={ONE}").status_code == 404
    assert "data-station=" not in browser.get("/desk/").text


def test_a_computer_can_go_back_to_readers_of_its_own(librarian: FlaskClient) -> None:
    assert "เคาน์เตอร์ 1" in librarian.get("/desk/").text
    librarian.post("/desk/station/", data={"station": ""})
    assert "Choose the desk of this computer" in librarian.get("/desk/").text


def test_a_pin_reaches_the_desk_as_a_hash_and_goes_with_its_owner(
    librarian: FlaskClient, desk: DeskSide, database: Database, libraries: Libraries, clock: Clock
) -> None:
    assert [letter.body for letter in desk.hears(Kind.TELL_STAFF)] == [m.StaffTold(people=())]
    for bad in ("123456", "1234", "abcdef"):
        assert librarian.post("/desk/station/pin", data={"pin": bad, "again": bad}).status_code == 422
    assert librarian.post("/desk/station/pin", data={"pin": "274961", "again": "274962"}).status_code == 422
    assert librarian.post("/desk/station/pin", data={"pin": "274961", "again": "274961"}).status_code == 302
    assert desk.hears(Kind.TELL_STAFF) == []
    clock.pass_by(seconds=6)
    [told] = desk.hears(Kind.TELL_STAFF)
    assert isinstance(told.body, m.StaffTold)
    [person] = told.body.people
    assert (person.username, person.name) == ("north.librarian", "Librarian of north")
    assert is_right_pin("274961", person.pin)
    with database.session(None) as session:
        session.get_one(StaffAccount, libraries.staff_of["north"][Role.LIBRARIAN]).active = False
    clock.pass_by(seconds=6)
    assert [letter.body for letter in desk.hears(Kind.TELL_STAFF)] == [m.StaffTold(people=())]


def test_orders_of_a_desk_are_not_to_be_given_by_hand(sign_in: SignIn, desk: DeskSide) -> None:
    assert sign_in().post(f"/devices/{DESK}/slip").status_code == 404
    assert "Restart" in sign_in().get(f"/devices/{DESK}").text
