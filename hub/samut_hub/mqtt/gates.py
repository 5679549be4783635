"""People at gates: who somebody is whom a gate does not know, who passed, what alarmed."""

from sqlalchemy.orm import Session

from samut_hub.circulation.facts import member_facts
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_card, member_by_number
from samut_hub.mqtt.received import Received, Reply, body_of, record_event, shown
from samut_hub.visits.guests import against_pass, pass_by_hash
from samut_hub.visits.models import GateAlarm, GateCount, GuestPass
from samut_hub.visits.service import Passage, count_persons, record_passage
from samut_rules.reasons import Code, Reason
from samut_rules.visit import entry_reasons
from samut_wire import messages as m
from samut_wire.topics import Kind


def passage(received: Received) -> Reply:
    body = body_of(received, m.PassageRecorded)
    passed = Passage(
        device=received.device.id,
        reader=body.reader,
        direction=body.direction,
        member=body.member,
        allowed=body.allowed,
        reasons=tuple(reason.code for reason in body.reasons),
        at=received.happened_at,
        guest=body.guest,
        persons=body.persons,
    )
    return record_event(received, lambda: record_passage(received.session, passed))


def count(received: Received) -> Reply:
    body = body_of(received, m.PersonsCounted)
    told = {"device": received.device.id, "part": body.part, "at": received.happened_at}
    counted = GateCount(direction=body.direction, persons=body.persons, **told)
    return record_event(received, lambda: count_persons(received.session, counted, body.member))


def alarm(received: Received) -> Reply:
    body = body_of(received, m.GateAlarmed)
    told = {"device": received.device.id, "part": body.part, "at": received.happened_at}
    row = GateAlarm(kind=body.kind, barcode=body.barcode, tag=body.tag, quiet=body.quiet, **told)
    return record_event(received, lambda: received.session.add(row))


def ask_entry(received: Received) -> Reply:
    """As little of a person as a gate needs, and nothing of loans or debts."""
    asked, session = body_of(received, m.EntryAsked), received.session
    member = _member(session, asked)
    if member is not None:
        return Reply(Kind.ENTRY, _of_member(received, member))
    guest = pass_by_hash(session, asked.guest) if asked.guest else None
    if guest is not None:
        return Reply(Kind.ENTRY, _of_guest(received, guest))
    return Reply(Kind.ENTRY, m.EntryAnswered(known=False, reasons=(shown(Reason(Code.MEMBER_UNKNOWN)),)))


def _member(session: Session, asked: m.EntryAsked) -> Member | None:
    if asked.card:
        return member_by_card(session, asked.card)
    return member_by_number(session, asked.number) if asked.number else None


def _of_member(received: Received, member: Member) -> m.EntryAnswered:
    session, now = received.session, received.now
    calendar = calendar_of(session, library_of(session, member.library_id))
    reasons = entry_reasons(member_facts(session, member, now, late=0), calendar, now)
    return m.EntryAnswered(
        known=True,
        number=member.number,
        name=member.name_th,
        member_type=member.type.code,
        reasons=tuple(map(shown, reasons)),
    )


def _of_guest(received: Received, guest: GuestPass) -> m.EntryAnswered:
    return m.EntryAnswered(
        known=True,
        name=guest.name,
        reasons=tuple(map(shown, against_pass(guest, received.now))),
        guest=guest.code_hash,
        until=guest.valid_until,
        uses=max(0, guest.uses - guest.used),
    )
