"""What edge devices ask and say, brought into the books: once, in the right library, and answered."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from samut_hub.circulation.models import Conflict, Loan
from samut_hub.db import Database
from samut_hub.fleet.models import Device, StrangeLetter
from samut_hub.fleet.service import join_device
from samut_hub.members.cards import add_card, remove_card
from samut_hub.members.models import Card, CardKind
from samut_hub.mqtt.apart import UNWRITTEN
from samut_hub.visits.models import Visit
from samut_rules.reasons import Code
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.codec import encode
from samut_wire.topics import EVENTS, TOPICS, Kind
from tests.hub.conftest import Clock, Libraries
from tests.hub.mqtt.conftest import KIOSK, Edge, open_loans
from tests.hub.shelf import Shelf, item, member


def test_a_kiosk_borrows_and_returns_for_a_pupil(edge: Edge, shelf: Shelf, database: Database) -> None:
    found = edge.say(Kind.ASK_MEMBER, edge.letter(m.MemberAsked(number=shelf.pupil)))
    assert isinstance(found, m.MemberFound)
    assert (found.name, found.reasons) == ("ด.ญ. มานี ใจดี", ())
    answer = edge.check_out(shelf.pupil, shelf.book)
    assert answer.title == "พระอภัยมณี"
    assert answer.decision.allowed
    assert open_loans(database) == {shelf.book: shelf.pupil}
    back = edge.say(Kind.ASK_CHECKIN, edge.letter(m.CheckinAsked(barcode=shelf.book)))
    assert back == m.CheckinAnswered(barcode=shelf.book, returned=True, title="พระอภัยมณี", was_on_loan=True)
    assert open_loans(database) == {}


def test_a_kit_that_a_kiosk_took_back_is_checked_at_the_desk_before_anybody_has_it(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    with database.session(shelf.library) as session:
        item(session, shelf.book).parts = "สายไฟ\nรีโมต"
    edge.check_out(shelf.pupil, shelf.book)
    back = edge.say(Kind.ASK_CHECKIN, edge.letter(m.CheckinAsked(barcode=shelf.book)))
    assert isinstance(back, m.CheckinAnswered)
    assert (back.returned, [reason.code for reason in back.reasons]) == (True, [Code.KIT_TO_CHECK])
    again = edge.check_out(shelf.other, shelf.book)
    assert [reason.code for reason in again.decision.reasons] == [Code.ITEM_NOT_FOR_LOAN]


def test_a_child_at_the_limit_is_refused_with_the_reason(edge: Edge, shelf: Shelf) -> None:
    edge.check_out(shelf.pupil, shelf.book)
    edge.check_out(shelf.pupil, shelf.second)
    refused = edge.check_out(shelf.pupil, shelf.third).decision
    assert [reason.code for reason in refused.reasons] == ["limit_reached"]
    assert refused.reasons[0].values == {"limit": 2, "count": 2}


@pytest.mark.requirement("C-01")
def test_days_and_number_go_by_the_type_of_member(edge: Edge, shelf: Shelf, clock: Clock) -> None:
    pupil = edge.check_out(shelf.pupil, shelf.book).decision.due_at
    teacher = [edge.check_out(shelf.teacher, barcode).decision for barcode in (shelf.second, shelf.third)]
    assert pupil is not None
    assert (pupil.date() - clock().date()).days == 8  # seven open days and a Sunday
    assert all(one.due_at is not None and (one.due_at.date() - clock().date()).days == 35 for one in teacher)
    clock.pass_by(days=50)
    fines = []
    for barcode in (shelf.book, shelf.second):
        back = edge.say(Kind.ASK_CHECKIN, edge.letter(m.CheckinAsked(barcode=barcode)))
        assert isinstance(back, m.CheckinAnswered)
        fines.append((back.days_late > 0, back.fine > 0))
    assert fines == [(True, True), (True, False)]


def test_what_is_not_known_is_said(edge: Edge, shelf: Shelf) -> None:
    nobody = edge.say(Kind.ASK_MEMBER, edge.letter(m.MemberAsked(card="f" * 32)))
    assert isinstance(nobody, m.MemberFound)
    assert not nobody.known
    assert edge.check_out(shelf.pupil, "B99999").decision.reasons[0].code == "item_unknown"
    assert edge.check_out("99999", shelf.book).decision.reasons[0].code == "member_unknown"
    back = edge.say(Kind.ASK_CHECKIN, edge.letter(m.CheckinAsked(barcode="B99999")))
    assert isinstance(back, m.CheckinAnswered)
    assert not back.returned


def test_the_same_question_again_gets_the_same_answer_and_lends_once(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    letter = edge.letter(m.CheckoutAsked(member=shelf.pupil, barcode=shelf.book))
    first = edge.say(Kind.ASK_CHECKOUT, letter)
    assert edge.say(Kind.ASK_CHECKOUT, letter) == first
    with database.session(None) as session:
        assert session.scalar(select(func.count()).select_from(Loan)) == 1
        assert member(session, shelf.pupil).open_loans == 1


def test_a_question_that_is_too_old_is_not_carried_out(edge: Edge, shelf: Shelf, database: Database) -> None:
    """Whatever the device's clock says: what counts is how long it waited here."""
    asked = m.CheckoutAsked(member=shelf.pupil, barcode=shelf.book)
    slow_clock = edge.letter(asked, minutes_ago=90, exp=edge.clock() - timedelta(minutes=90, seconds=-1.5))
    edge.waited = 2.0
    assert edge.say(Kind.ASK_CHECKOUT, slow_clock) is None
    assert open_loans(database) == {}
    edge.waited = 0.1
    assert isinstance(edge.say(Kind.ASK_CHECKOUT, slow_clock), m.CheckoutAnswered)


def test_what_cannot_be_carried_out_is_kept_and_the_door_goes_on(
    edge: Edge, shelf: Shelf, database: Database
) -> None:
    """A date before all dates, put right by a clock that is ahead, stands for every fault nobody thought of."""
    decision = m.DecisionMade(allowed=True, due_at=datetime(1, 1, 1, tzinfo=UTC))
    told = edge.letter(m.LoanRecorded(member=shelf.pupil, barcode=shelf.book, decision=decision), minutes_ago=-600)
    assert edge.say(Kind.LOAN, told) == m.EventsAcknowledged(ids=(told.id,))
    with database.session(None) as session:
        kept = session.scalars(select(StrangeLetter)).one()
        assert (kept.device, kept.kind, kept.letter) == (KIOSK, "evt/loan", encode(told))
    assert edge.check_out(shelf.pupil, shelf.book).decision.allowed


OF_GATES = {Kind.PASSAGE, Kind.COUNT, Kind.ALARM}


@pytest.fixture
def nothing_can_be_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_received: object) -> None:
        raise ValueError("nobody thought of it")

    monkeypatch.setattr("samut_hub.mqtt.door.handle", fails)


@pytest.mark.usefixtures("nothing_can_be_carried_out")
def test_staff_hear_of_every_event_that_is_set_apart(edge: Edge, shelf: Shelf, database: Database) -> None:
    """Told once, however often the device sends it for want of a confirmation."""
    granted = m.DecisionMade(allowed=True, due_at=edge.clock())
    events: dict[Kind, m.Message] = {
        Kind.LOAN: m.LoanRecorded(member=shelf.pupil, barcode=shelf.book, decision=granted),
        Kind.RENEWAL: m.RenewalRecorded(member=shelf.pupil, barcode=shelf.book, decision=granted),
        Kind.RETURN: m.ReturnRecorded(barcode=shelf.book),
        Kind.CANCEL: m.CheckoutCancelled(member=shelf.other, barcode=shelf.second),
        Kind.SECURITY: m.SecurityRecorded(barcode=shelf.third, secured=False, member=shelf.other),
    }
    for kind, body in events.items():
        letter = edge.letter(body, minutes_ago=5)
        for _ in range(2):
            assert edge.say(kind, letter) == m.EventsAcknowledged(ids=(letter.id,))
    with database.session(None) as session:
        told = [
            (one.kind, one.member, one.barcode) for one in session.scalars(select(Conflict).order_by(Conflict.id))
        ]
        assert session.scalars(select(Conflict.device).distinct()).all() == [KIOSK]
        assert session.scalars(select(Conflict.happened_at).distinct()).all() == [letter.at]
    assert told == [
        ("loan_unwritten", shelf.pupil, shelf.book),
        ("renewal_unwritten", shelf.pupil, shelf.book),
        ("return_unwritten", "", shelf.book),
        ("cancel_unwritten", shelf.other, shelf.second),
        ("security_unwritten", shelf.other, shelf.third),
    ]
    assert {UNWRITTEN[kind] for kind in EVENTS - OF_GATES} == {kind for kind, *_ in told}


@pytest.mark.usefixtures("nothing_can_be_carried_out")
def test_of_a_gates_passages_that_are_set_apart_staff_hear_once(edge: Edge, shelf: Shelf, database: Database) -> None:
    """A whole school goes through it in a morning; until somebody has looked, more rows would say nothing new."""
    with database.session(None) as session:
        session.scalars(select(Device).where(Device.id == KIOSK)).one().role = "gate"
    for _ in range(2):
        passage = edge.letter(m.PassageRecorded(reader="in", direction="in", allowed=True, member=shelf.pupil))
        assert edge.say(Kind.PASSAGE, passage) == m.EventsAcknowledged(ids=(passage.id,))
    with database.session(None) as session:
        assert [(one.kind, one.member) for one in session.scalars(select(Conflict))] == [("passage_unwritten", "")]
        assert session.scalar(select(func.count()).select_from(StrangeLetter)) == 2


@pytest.mark.parametrize(
    "body",
    [
        m.DeviceHealth(parts=(), outbox_length=2**63, replica_version=1),
        m.MemberAsked(number="1\x00"),
        m.PassageRecorded(reader="r\x00", direction="in", allowed=True),
    ],
)
def test_what_no_database_can_hold_is_refused_by_the_protocol(edge: Edge, shelf: Shelf, body: m.Message) -> None:
    kind = {m.DeviceHealth: Kind.HEALTH, m.MemberAsked: Kind.ASK_MEMBER, m.PassageRecorded: Kind.PASSAGE}[type(body)]
    assert edge.say(kind, edge.letter(body)) is None


def test_a_device_that_knows_more_than_the_hub_is_brought_back(edge: Edge, shelf: Shelf) -> None:
    """The hub's database was put back from a backup."""
    edge.say(Kind.HEALTH, edge.letter(m.DeviceHealth(parts=(), outbox_length=0, replica_version=1_000)))
    assert edge.door.replicas_wanted.get_nowait() == (KIOSK, 1_000)


def test_a_passage_is_one_visit_however_often_it_comes(
    edge: Edge, shelf: Shelf, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        join_device(session, device_id="gate-1", role="gate", name="Gate", now=edge.clock())
    body = m.PassageRecorded(reader="reader_in", direction="in", allowed=True, member=shelf.pupil)
    told = edge.letter(body, minutes_ago=3)
    for _ in range(3):
        edge.say(Kind.PASSAGE, told, device="gate-1")
    with database.session(None) as session:
        visits = session.scalars(select(Visit)).all()
        assert [(v.direction, v.at, v.member.number if v.member else "") for v in visits] == [
            ("in", told.at, shelf.pupil)
        ]


def test_a_device_of_the_other_library_sees_nothing_of_this_one(
    edge: Edge, shelf: Shelf, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.south) as session:
        join_device(session, device_id="kiosk-s", role="kiosk", name="South", now=edge.clock())
    letter = edge.letter(m.MemberAsked(number=shelf.pupil))
    found = edge.say(Kind.ASK_MEMBER, letter, device="kiosk-s")
    assert isinstance(found, m.MemberFound)
    assert not found.known
    asked = edge.letter(m.CheckoutAsked(member=shelf.pupil, barcode=shelf.book))
    edge.say(Kind.ASK_CHECKOUT, asked, device="kiosk-s")
    assert open_loans(database) == {}


def test_a_gate_cannot_lend_nor_ask_about_members(
    edge: Edge, shelf: Shelf, database: Database, libraries: Libraries
) -> None:
    with database.session(libraries.north) as session:
        join_device(session, device_id="gate-1", role="gate", name="Gate", now=edge.clock())
    asked = edge.letter(m.CheckoutAsked(member=shelf.pupil, barcode=shelf.book))
    assert edge.say(Kind.ASK_CHECKOUT, asked, device="gate-1") is None
    assert edge.say(Kind.ASK_MEMBER, edge.letter(m.MemberAsked(number=shelf.pupil)), device="gate-1") is None
    assert open_loans(database) == {}


def test_bad_messages_are_dropped_and_the_door_goes_on(edge: Edge, shelf: Shelf) -> None:
    good = encode(edge.letter(m.MemberAsked(number=shelf.pupil)))
    for bad in (b"", b"{}", b"\x00\xff", json.dumps({**json.loads(good), "v": 9}).encode(), good[:-1]):
        edge.door.take(TOPICS[Kind.ASK_MEMBER].of(KIOSK), bad, edge.clock())
    edge.door.take("samut/dev/kiosk-1/evt/party", good, edge.clock())
    edge.door.take(TOPICS[Kind.ASK_MEMBER].of("a-stranger"), good, edge.clock())
    assert edge.heard == []
    edge.door.take(TOPICS[Kind.ASK_MEMBER].of(KIOSK), good, edge.clock())
    assert edge.heard


def test_the_fleet_learns_what_a_device_says_of_itself(edge: Edge, shelf: Shelf, database: Database) -> None:
    part = m.PartDescribed(name="printer", kind="printer", driver="escpos_printer", state="paper_low")
    edge.say(Kind.STATE, edge.letter(m.DeviceState(online=True, software="0.1.0", replica_version=4)))
    edge.say(
        Kind.HEALTH, edge.letter(m.DeviceHealth(parts=(part,), outbox_length=3, replica_version=4, tap_ms={"5": 2}))
    )
    with database.session(None) as session:
        device = session.get_one(Device, KIOSK)
        assert (device.online, device.software, device.outbox_length, device.tap_ms) == (True, "0.1.0", 3, {"5": 2})
        assert device.parts[0]["state"] == "paper_low"
    assert edge.door.replicas_wanted.get() == (KIOSK, 4)
    edge.say(Kind.STATE, edge.letter(m.DeviceState(online=False)))
    with database.session(None) as session:
        assert not session.get_one(Device, KIOSK).online


def test_a_checkout_costs_the_same_for_a_member_with_many_loans(
    edge: Edge, shelf: Shelf, database: Database, statements: list[str]
) -> None:
    edge.check_out(shelf.teacher, shelf.book)
    few = len(statements)
    statements.clear()
    edge.check_out(shelf.teacher, shelf.second)
    assert len(statements) <= few <= 22


def test_a_chip_card_is_found_by_its_hash_until_it_is_taken_away(
    edge: Edge, shelf: Shelf, database: Database, libraries: Libraries
) -> None:
    key = b"k" * 32
    with database.session(libraries.north) as session:
        card = add_card(
            session, member(session, shelf.pupil), key=key, kind=CardKind.UID, value="04A1B2C3", now=edge.clock()
        )
        card_id = card.id
    asked = m.MemberAsked(card=card_hash(key, "uid", "04a1b2c3"))
    found = edge.say(Kind.ASK_MEMBER, edge.letter(asked))
    assert isinstance(found, m.MemberFound)
    assert found.number == shelf.pupil
    with database.session(libraries.north) as session:
        remove_card(session, session.get_one(Card, card_id))
    gone = edge.say(Kind.ASK_MEMBER, edge.letter(asked))
    assert isinstance(gone, m.MemberFound)
    assert not gone.known


@pytest.mark.usefixtures("nothing_can_be_carried_out")
def test_what_a_desk_read_of_a_card_is_not_set_apart(edge: Edge, shelf: Shelf, database: Database) -> None:
    """That it could not be carried out is noted, without the number and the photograph."""
    with database.session(None) as session:
        session.scalars(select(Device).where(Device.id == KIOSK)).one().role = "desk"
    read = m.PartRead(part="reader", text="1103700001234")
    assert edge.say(Kind.READ, edge.letter(read)) is None
    with database.session(None) as session:
        kept = session.scalars(select(StrangeLetter)).one()
    assert (kept.kind, kept.letter, kept.fault) == (Kind.READ, b"", "ValueError")
