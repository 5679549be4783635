"""At the end of a visit to a kiosk: the slip by LINE or e-mail, and joining LINE with a QR code on the screen."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import func, select

from samut_hub.charges.models import ChargeKind, ChargeSettings
from samut_hub.charges.promptpay import payload
from samut_hub.charges.service import add_charge
from samut_hub.circulation.holds import Wish, place_hold
from samut_hub.circulation.pickups import add_pickup
from samut_hub.circulation.service import take_back
from samut_hub.commands import Command
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.service import join_device
from samut_hub.libraries.models import Library
from samut_hub.members.identities import link, subject_of
from samut_hub.members.models import Provider
from samut_hub.mqtt.asked_in_visit import LASTS
from samut_hub.notices import linking
from samut_hub.notices.models import LineCode, Notice
from samut_hub.notices.policy import Channel, Subject
from samut_hub.notices.sealing import seal
from samut_hub.notices.sending import Sender
from samut_hub.notices.settings import choose, settings_to_change
from samut_hub.notices.slips import tell_slips
from samut_wire import messages as m
from samut_wire.topics import Kind
from tests.hub.conftest import Clock, Libraries
from tests.hub.mqtt.conftest import KIOSK, Edge
from tests.hub.notices.conftest import ACCOUNT, CHANNEL_SECRET, SECRET, TOKEN, MailServer, mail
from tests.hub.shelf import Shelf, item, member, put_on_shelf

__all__ = ["mail"]

OTHER_KIOSK, SOUTH_KIOSK, DESK = "kiosk-2", "kiosk-south", "desk-1"
EMAIL = "manee@example.ac.th"
USER = "U" + "1" * 32


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """A library with a mail server and a LINE account; the pupil has an e-mail address, nobody has LINE."""
    with database.session(libraries.south) as session:
        join_device(session, device_id=SOUTH_KIOSK, role="kiosk", name="South", now=clock())
    with database.session(libraries.north) as session:
        for device, role in ((KIOSK, "kiosk"), (OTHER_KIOSK, "kiosk"), (DESK, "desk")):
            join_device(session, device_id=device, role=role, name=device, now=clock())
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        own = settings_to_change(session, shelf.library)
        own.smtp_host, own.sender, own.line_account = "127.0.0.1", "library@example.ac.th", ACCOUNT
        own.smtp_security = "none"
        own.line_token, own.line_secret = (seal(SECRET, shelf.library, text) for text in (TOKEN, CHANNEL_SECRET))
        member(session, shelf.pupil).email = EMAIL
    return shelf


@pytest.fixture
def edge(database: Database, clock: Clock, shelf: Shelf) -> Edge:
    return Edge(database, clock, secret=SECRET)


def signs_in(edge: Edge, number: str, device: str = KIOSK) -> m.MemberFound:
    found = edge.say(Kind.ASK_MEMBER, edge.letter(m.MemberAsked(number=number)), device)
    assert isinstance(found, m.MemberFound)
    edge.clock.pass_by(seconds=1)
    return found


def sends(edge: Edge, visit: str, device: str = KIOSK) -> bool:
    answer = edge.say(Kind.ASK_SLIP, edge.letter(m.SlipAsked(visit=visit)), device)
    assert isinstance(answer, m.SlipAnswered)
    return answer.sent


def joins(edge: Edge, visit: str, device: str = KIOSK) -> m.LineAnswered:
    answer = edge.say(Kind.ASK_LINE, edge.letter(m.LineAsked(visit=visit)), device)
    assert isinstance(answer, m.LineAnswered)
    return answer


def slips(database: Database) -> list[tuple[str, list[str]]]:
    with database.session(None) as session:
        notices = session.scalars(select(Notice).order_by(Notice.id))
        return [(one.member.number, sorted(one.about["slip"].values())) for one in notices]


def codes(database: Database) -> int:
    with database.session(None) as session:
        return session.scalar(select(func.count()).select_from(LineCode)) or 0


def test_what_may_be_asked_for_is_offered_at_sign_in_and_no_address_goes_to_the_kiosk(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    asked = edge.letter(m.MemberAsked(number=shelf.pupil))
    found = edge.say(Kind.ASK_MEMBER, asked)
    assert isinstance(found, m.MemberFound)
    assert (found.visit, found.slip_by, found.joins_line) == (asked.id, "email", True)
    assert edge.say(Kind.ASK_MEMBER, asked) == found
    assert EMAIL not in str(edge.heard)
    assert signs_in(edge, shelf.other).slip_by == ""
    with database.session(shelf.library) as session:
        link(session, member(session, shelf.pupil), Provider.LINE, USER, now=edge.clock())
    linked = signs_in(edge, shelf.pupil)
    assert (linked.slip_by, linked.joins_line) == ("line", False)
    with database.session(shelf.library) as session:
        choose(session, member(session, shelf.pupil).id, shelf.library, language="th", choices={Subject.SLIPS: []})
    assert signs_in(edge, shelf.pupil).slip_by == "line", "who wants none by itself may still ask for one"
    at_desk = m.MemberFound(known=True, number=shelf.pupil, name=found.name, member_type="pupil")
    assert signs_in(edge, shelf.pupil, DESK) == at_desk


def test_nothing_is_offered_or_kept_where_the_library_has_no_way(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    with database.session(shelf.library) as session:
        own = settings_to_change(session, shelf.library)
        own.line_account = own.smtp_host = ""
    found = signs_in(edge, shelf.pupil)
    assert (found.visit, found.slip_by, found.joins_line) == ("", "", False)
    assert not sends(edge, "")
    assert joins(edge, "") == m.LineAnswered()


def test_the_slip_tells_what_this_visit_lent_and_renewed_and_goes_once(
    edge: Edge, shelf: Shelf, database: Database, mail: MailServer, tmp_path: Path
) -> None:
    edge.check_out(shelf.pupil, shelf.second)
    edge.clock.pass_by(days=3)
    edge.check_out(shelf.teacher, shelf.third)
    edge.clock.pass_by(minutes=1)
    visit = signs_in(edge, shelf.pupil).visit
    assert not sends(edge, visit), "nothing was lent yet"
    edge.check_out(shelf.pupil, shelf.book)
    edge.say(Kind.ASK_RENEWAL, edge.letter(m.RenewalAsked(member=shelf.pupil, barcode=shelf.second)))
    for _ in range(3):
        assert sends(edge, visit)
    assert slips(database) == [(shelf.pupil, ["held", "lent"])]
    with database.session(shelf.library) as session:
        settings_to_change(session, shelf.library).smtp_port = mail.port
    assert Sender(Config(home=tmp_path), database, SECRET, edge.clock).send_due() == 1
    [letter] = mail.taken
    assert letter.to == EMAIL
    assert "พระอภัยมณี" in letter.plain


def test_a_member_who_wants_every_slip_gets_no_second_one(edge: Edge, shelf: Shelf, database: Database) -> None:
    with database.session(shelf.library) as session:
        pupil = member(session, shelf.pupil).id
        choose(session, pupil, shelf.library, language="th", choices={Subject.SLIPS: [Channel.EMAIL]})
    visit = signs_in(edge, shelf.pupil).visit
    edge.check_out(shelf.pupil, shelf.book)
    assert sends(edge, visit)
    edge.clock.pass_by(minutes=5)
    assert tell_slips(database, edge.clock(), SECRET) == 0
    later = signs_in(edge, shelf.pupil).visit
    edge.check_out(shelf.pupil, shelf.second)
    edge.clock.pass_by(minutes=5)
    assert tell_slips(database, edge.clock(), SECRET) == 1
    assert sends(edge, later), "it is on its way already"
    assert len(slips(database)) == 2


def test_the_visit_of_another_device_or_of_long_ago_or_that_never_was_is_refused(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    visit = signs_in(edge, shelf.pupil).visit
    edge.check_out(shelf.pupil, shelf.book)
    for device in (OTHER_KIOSK, SOUTH_KIOSK):
        assert not sends(edge, visit, device)
        assert joins(edge, visit, device) == m.LineAnswered()
    assert edge.say(Kind.ASK_SLIP, edge.letter(m.SlipAsked(visit=visit)), DESK) is None
    assert edge.say(Kind.ASK_LINE, edge.letter(m.LineAsked(visit=visit)), DESK) is None
    assert not sends(edge, edge.letter(m.SlipAsked(visit="")).id)
    edge.clock.pass_by(seconds=LASTS.total_seconds() + 1)
    assert not sends(edge, visit)
    assert joins(edge, visit) == m.LineAnswered()
    assert (slips(database), codes(database)) == ([], 0)


def test_who_was_at_a_kiosk_is_kept_no_longer_than_it_is_good_for(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    for _ in range(3):
        last = signs_in(edge, shelf.pupil).visit
        edge.clock.pass_by(hours=2)
    with database.session(shelf.library) as session:
        of_visits = select(Command.command_id).where(Command.kind == Kind.ASK_MEMBER)
        assert session.scalars(of_visits).all() == [last]


def test_the_next_member_of_a_kiosk_gets_only_what_is_the_next_members(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    with database.session(shelf.library) as session:
        member(session, shelf.other).email = "piti@example.ac.th"
    first = signs_in(edge, shelf.pupil).visit
    edge.check_out(shelf.pupil, shelf.book)
    second = signs_in(edge, shelf.other).visit
    edge.check_out(shelf.other, shelf.second)
    assert sends(edge, second)
    assert sends(edge, first)
    assert slips(database) == [(shelf.other, ["lent"]), (shelf.pupil, ["lent"])]


def read_off(squares: tuple[str, ...]) -> str:
    """What a phone reads off the screen."""
    side = len(squares)
    picture = Image.new("L", (side + 8, side + 8), 255)
    for y, row in enumerate(squares):
        for x, square in enumerate(row):
            picture.putpixel((x + 4, y + 4), 0 if square == "1" else 255)
    [read] = zxingcpp.read_barcodes(picture.resize((picture.width * 6, picture.height * 6), Image.Resampling.NEAREST))
    return str(read.text)


def code_in(shown: m.LineAnswered) -> str:
    """The code in the address of the chat."""
    prefix, read = "https://line.me/R/oaMessage/%40north/?", read_off(shown.squares)
    assert read.startswith(prefix)
    return read.removeprefix(prefix)


def test_the_code_on_the_screen_links_the_member_of_the_visit_until_it_ends(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    def says(code: str, user: str) -> str | None:
        heard = linking.Heard("message", user, code, "token")
        with database.session(shelf.library) as session:
            library = session.get_one(Library, shelf.library)
            assert linking.hear(session, library, heard, edge.clock(), "https://hub.example")
            return subject_of(session, member(session, shelf.other), Provider.LINE)

    visit = signs_in(edge, shelf.other).visit
    shown, again = joins(edge, visit), joins(edge, visit)
    assert (shown.seconds, again.seconds) == (300, 300)
    assert says(code_in(shown), USER) == USER
    assert joins(edge, visit) == m.LineAnswered(), "who is linked needs no code"
    edge.clock.pass_by(seconds=301)
    assert says(code_in(again), "U" + "2" * 32) == USER
    with database.session(shelf.library) as session:
        assert {code.staff_id for code in session.scalars(select(LineCode))} == {None}


def test_a_debt_can_be_paid_by_promptpay_and_nothing_is_booked(edge: Edge, shelf: Shelf, database: Database) -> None:
    with database.session(shelf.library) as session:
        charge = {"kind": ChargeKind.SERVICE, "amount": 1250, "now": edge.clock()}
        add_charge(session, member=member(session, shelf.pupil), **charge)
    assert not signs_in(edge, shelf.pupil).pays, "the library has no PromptPay account"
    with database.session(shelf.library) as session:
        session.add(ChargeSettings(library_id=shelf.library, promptpay="0812345678", promptpay_name="ห้องสมุด"))
    found = signs_in(edge, shelf.pupil)
    assert (found.pays, found.debt) == (True, 1250)
    assert not signs_in(edge, shelf.other).pays, "nothing is owed"
    answer = edge.say(Kind.ASK_PAY, edge.letter(m.PayAsked(visit=found.visit)))
    assert isinstance(answer, m.PayAnswered)
    assert (answer.amount, answer.name) == (1250, "ห้องสมุด")
    assert read_off(answer.squares) == payload("0812345678", 1250)
    assert edge.say(Kind.ASK_PAY, edge.letter(m.PayAsked(visit=found.visit)), OTHER_KIOSK) == m.PayAnswered()
    assert signs_in(edge, shelf.pupil).debt == 1250


def test_what_is_set_aside_is_told_with_the_place_to_fetch_it(edge: Edge, shelf: Shelf, database: Database) -> None:
    edge.check_out(shelf.other, shelf.book)
    edge.clock.pass_by(minutes=1)
    with database.session(shelf.library) as session:
        title, place = item(session, shelf.book).title, add_pickup(session, "เคาน์เตอร์ชั้น 2", "")
        waiting = place_hold(session, member(session, shelf.pupil), title, Wish(pickup=place), now=edge.clock())
        take_back(session, item=item(session, shelf.book), now=edge.clock(), source="desk:somsri")
        until, name = waiting.keep_until, title.title
    assert signs_in(edge, shelf.pupil).holds == (m.HoldShown(title=name, place="เคาน์เตอร์ชั้น 2", keep_until=until),)
    assert signs_in(edge, shelf.other).holds == ()
    assert edge.check_out(shelf.pupil, shelf.book).decision.allowed
    assert signs_in(edge, shelf.pupil).holds == ()
