"""A citizen puts the national ID card into the desk's reader and is a member some seconds later."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from samut_hub.db import Database
from samut_hub.fleet.models import DeviceCommand
from samut_hub.members.enrolling.models import CardReading, KeptNumber
from samut_hub.members.enrolling.service import forget_old
from samut_hub.members.models import Card, Member
from samut_wire import messages as m
from samut_wire.topics import Kind
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.fleet.desks.conftest import DESK, DeskSide, set_parts
from tests.hub.shelf import Shelf, member

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NUMBER = "1103700123457"
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


class Counter:
    """A librarian at the desk of the north, and who comes there."""

    def __init__(self, browser: FlaskClient, desk: DeskSide, database: Database) -> None:
        self.browser = browser
        self.desk = desk
        self.database = database
        browser.post("/desk/station/", data={"station": DESK})

    def begin(self, **ticked: str) -> str:
        """The address of the page that waits for the card."""
        return str(self.browser.post("/desk/station/enrol", data=ticked).location)

    def put_in(self, **said: object) -> m.IdentityWanted:
        """The desk hears the order and reads the card."""
        [order] = self.desk.hears(Kind.READ_IDENTITY)
        wanted = order.body
        assert isinstance(wanted, m.IdentityWanted)
        told: dict[str, object] = {
            "card": self.desk.hash_of("national_id", NUMBER),
            "name_th": "นางสาวมะลิ วัลย์ดี",
            "name_en": "Miss Mali Wandee",
            "born": "1990-05",
            "address": "1/2 หมู่ที่ 3 ตำบลท่าหิน",
            "number": NUMBER if wanted.number else "",
            "photo": PHOTO if wanted.photo else b"",
            **said,
        }
        self.desk.say(Kind.IDENTITY, m.IdentityRead(**told), re=order.id)  # type: ignore[arg-type]
        return wanted

    def form(self, page: str) -> dict[str, str]:
        """What the form on the page holds."""
        text = self.browser.get(page).text
        fields = dict(re.findall(r'<input(?![^>]*checkbox)[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', text))
        fields["address"] = next(iter(re.findall(r"<textarea[^>]*>\s*(.*?)</textarea>", text, re.DOTALL)), "")
        fields["type_id"] = next(iter(re.findall(r'<option value="(\d+)"', text)), "")
        return {**fields, "group_id": "0"}

    def save(self, page: str, **changes: str) -> int:
        return self.browser.post(page, data={**self.form(page), **changes}).status_code

    def readings(self) -> int:
        with self.database.session(None) as session:
            return session.scalar(select(func.count()).select_from(CardReading)) or 0

    def mali(self) -> Member | None:
        with self.database.session(None) as session:
            return session.scalar(select(Member).where(Member.name_en == "Miss Mali Wandee"))

    def everything_kept(self) -> bytes:
        """All bytes of the database on the disk."""
        path = self.database.engine.url.database or ""
        return b"".join(open(path + part, "rb").read() for part in ("", "-wal"))  # noqa: PTH123


@pytest.fixture
def counter(sign_in: SignIn, desk: DeskSide, database: Database) -> Counter:
    return Counter(sign_in(), desk, database)


@pytest.mark.requirement("W-07")
def test_a_card_fills_the_form_and_only_a_mark_of_its_number_stays(counter: Counter, desk: DeskSide) -> None:
    page = counter.begin()
    assert "Put the card into the reader" in counter.browser.get(page).text
    wanted = counter.put_in()
    assert (wanted.number, wanted.photo, wanted.by) == (False, False, "north.librarian")
    assert b"Mali" not in counter.everything_kept()
    form = counter.form(page)
    assert (form["name_th"], form["name_en"]) == ("นางสาวมะลิ วัลย์ดี", "Miss Mali Wandee")
    assert (form["born"], form["address"]) == ("5/1990", "1/2 หมู่ที่ 3 ตำบลท่าหิน")
    assert counter.save(page) == 302
    mali = counter.mali()
    assert mali is not None
    assert (mali.number, mali.born, mali.has_photo) == ("90002", "1990-05", False)
    assert counter.readings() == 0
    assert NUMBER.encode() not in counter.everything_kept()
    with counter.database.session(None) as session:
        assert session.scalars(select(Card.hash)).all() == [desk.hash_of("national_id", NUMBER)]
        assert session.scalars(select(DeviceCommand.content)).all() == [None]


def test_the_photo_is_kept_only_when_it_was_asked_for(counter: Counter) -> None:
    page = counter.begin(photo="yes")
    assert counter.put_in().photo
    assert "data:image/jpeg;base64," in counter.browser.get(page).text
    assert counter.save(page, keep_photo="y") == 302
    mali = counter.mali()
    assert mali is not None
    assert mali.has_photo


def test_the_number_is_kept_sealed_where_the_library_decided_so_and_erased_when_it_decides_otherwise(
    counter: Counter, sign_in: SignIn
) -> None:
    administrator = sign_in("administrator")
    assert "PDPA" in administrator.get("/settings/national-ids").text
    administrator.post("/settings/national-ids", data={"keep": "y"})
    page = counter.begin()
    assert counter.put_in().number
    assert counter.save(page) == 302
    mali = counter.mali()
    assert mali is not None
    assert NUMBER in counter.browser.get(f"/members/{mali.id}").text
    assert NUMBER not in sign_in("assistant").get(f"/members/{mali.id}").text
    assert NUMBER.encode() not in counter.everything_kept()
    administrator.post("/settings/national-ids", data={"csrf_token": "x"})
    with counter.database.session(None) as session:
        assert session.scalars(select(KeptNumber)).all() == []


def test_a_member_who_is_known_is_opened_and_what_changed_is_offered(
    counter: Counter, shelf: Shelf, database: Database
) -> None:
    page = counter.begin()
    counter.put_in()
    counter.save(page)
    again = counter.begin()
    counter.put_in(name_th="นางมะลิ ใจดี", address="9 ถนนใหม่")
    shown = counter.browser.get(again).text
    assert "This card is known" in shown
    assert "นางมะลิ ใจดี" in shown
    assert counter.browser.post(f"{again}/known", data={"field": "name_th"}).status_code == 302
    mali = counter.mali()
    assert mali is not None
    assert (mali.name_th, mali.address) == ("นางมะลิ ใจดี", "1/2 หมู่ที่ 3 ตำบลท่าหิน")
    assert counter.readings() == 0


def test_somebody_of_the_same_name_is_asked_about_and_nothing_is_lost(
    counter: Counter, database: Database, libraries: Libraries, shelf: Shelf
) -> None:
    page = counter.begin()
    counter.put_in(name_th="ด.ญ. มานี ใจดี")
    assert "may be somebody who is a member already" in counter.browser.get(page).text
    assert counter.save(page) == 422
    assert counter.save(page, number="12") == 422
    assert counter.save(page, same_name="y", number=shelf.pupil) == 422
    assert counter.save(page, same_name="y") == 302
    with database.session(libraries.north) as session:
        assert member(session, "90002").name_th == "ด.ญ. มานี ใจดี"


def test_what_is_not_saved_in_five_minutes_is_forgotten(counter: Counter, clock: Clock, database: Database) -> None:
    page = counter.begin()
    counter.put_in()
    form = counter.form(page)
    clock.pass_by(minutes=6)
    assert "was forgotten" in counter.browser.get(page).text
    assert counter.browser.post(page, data=form).status_code == 422
    with database.session(None) as session:
        forget_old(session, clock())
    assert counter.readings() == 0
    assert counter.mali() is None


def test_a_card_that_does_not_come_is_waited_for_two_minutes(counter: Counter, clock: Clock, desk: DeskSide) -> None:
    page = counter.begin()
    [order] = desk.hears(Kind.READ_IDENTITY)
    clock.pass_by(minutes=3)
    assert "No card was read" in counter.browser.get(page).text
    desk.say(Kind.IDENTITY, m.IdentityRead(card="0" * 32, name_th="มะลิ"), re=order.id)
    assert "No card was read" in counter.browser.get(page).text
    faulty = counter.begin()
    [order] = desk.hears(Kind.READ_IDENTITY)
    desk.say(Kind.COMMAND_DONE, m.CommandDone(id=order.id, done=False, detail="no card was put in"))
    assert "No card was read" in counter.browser.get(faulty).text
    set_parts(counter.database, id_card="offline")
    refused = counter.browser.post("/desk/station/enrol")
    assert (refused.status_code, "not connected" in refused.text) == (422, True)


def test_another_browser_and_a_desk_that_was_not_asked_have_nothing_of_it(
    counter: Counter, sign_in: SignIn, desk: DeskSide
) -> None:
    page = counter.begin()
    counter.put_in()
    assert sign_in().get(page).status_code == 404
    desk.say(
        Kind.IDENTITY, m.IdentityRead(card="0" * 32, name_th="ไม่ได้ถาม"), re="019aa4c5-0000-7000-8000-000000000009"
    )
    assert counter.readings() == 1
    assert counter.browser.post(f"{page}/forget").status_code == 302
    assert counter.readings() == 0
