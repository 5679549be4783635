"""What a member may ask for in a visit to a kiosk: the slip by LINE or e-mail, notices by LINE, a code to pay with.

The hub keeps who signed in at the device under the id of that question. What is asked later names only the visit; to
whom and of what is told is decided here.
"""

from datetime import timedelta

import msgspec
from sqlalchemy import delete, select

from samut_hub.catalogue.models import Item
from samut_hub.charges.paying import may_pay, pay_code
from samut_hub.circulation.models import Loan
from samut_hub.commands import Command, answer_given, once
from samut_hub.libraries.service import library_of
from samut_hub.members.models import Member
from samut_hub.mqtt.received import Received, Reply, body_of
from samut_hub.notices import linking
from samut_hub.notices.facts import HELD, LENT
from samut_hub.notices.making import Making
from samut_hub.notices.settings import ready_channels, settings_of
from samut_hub.notices.slips import send_asked, way_of_slip
from samut_wire import messages as m
from samut_wire.topics import DeviceRole, Kind

LASTS = timedelta(hours=1)
"""No visit to a kiosk is longer."""


def offered(received: Received, member: Member, found: m.MemberFound) -> m.MemberFound:
    """The answer to a member who signs in, with what may be asked for in the visit."""
    if received.device.role != DeviceRole.KIOSK:
        return found
    making, pays = _making(received), may_pay(received.session, member)
    way = None if making is None else way_of_slip(making, member)
    joins = making is not None and linking.may_join(received.session, making.settings, member, received.secret)
    if way is None and not joins and not pays:
        return found
    _keep(received, member)
    slip_by = "" if way is None else way.value
    return msgspec.structs.replace(found, visit=received.letter.id, slip_by=slip_by, joins_line=joins, pays=pays)


def ask_slip(received: Received) -> Reply:
    """Once in a visit; who asks again hears the same."""
    visit = body_of(received, m.SlipAsked).visit
    source = f"{received.device.id}/slip"
    if answer_given(received.session, source, visit) is not None:
        return Reply(Kind.SLIP, m.SlipAnswered(sent=True))
    sent = _send(received, visit)
    if sent:
        once(received.session, source, visit, received.kind, received.now, do=lambda: b"")
    return Reply(Kind.SLIP, m.SlipAnswered(sent=sent))


def ask_line(received: Received) -> Reply:
    """A new code each time: of those before only a hash is kept."""
    kept = _visit(received, body_of(received, m.LineAsked).visit)
    own = settings_of(received.session, received.device.library_id)
    member = None if kept is None else _member(received, kept)
    if member is None or own is None or not linking.may_join(received.session, own, member, received.secret):
        return Reply(Kind.LINE, m.LineAnswered())
    lasts = linking.LASTS_AT_KIOSK
    code = linking.make_code(received.session, member, received.now, lasts=lasts)
    squares = linking.squares_of(own.line_account, code)
    return Reply(Kind.LINE, m.LineAnswered(squares=squares, seconds=int(lasts.total_seconds())))


def ask_pay(received: Received) -> Reply:
    """For what is owed now. No payment is booked: staff confirm at the desk what arrived."""
    kept = _visit(received, body_of(received, m.PayAsked).visit)
    member = None if kept is None else _member(received, kept)
    code = None if member is None else pay_code(received.session, member)
    if code is None:
        return Reply(Kind.PAY, m.PayAnswered())
    return Reply(Kind.PAY, m.PayAnswered(squares=code.squares, amount=code.amount, name=code.name))


def _send(received: Received, visit: str) -> bool:
    kept, making = _visit(received, visit), _making(received)
    member = None if kept is None else _member(received, kept)
    if kept is None or making is None or member is None:
        return False
    loans = {LENT: _lent(received, member, kept), HELD: _renewed(received, member, kept)}
    return send_asked(making, member, loans)


def _keep(received: Received, member: Member) -> None:
    """The same question again is the same visit. Who was here longer ago is nobody's business."""
    over = (Command.source == _visits_of(received), Command.at < received.now - LASTS)
    received.session.execute(delete(Command).where(*over))
    who = str(member.id).encode()
    once(received.session, _visits_of(received), received.letter.id, received.kind, received.now, do=lambda: who)


def _visit(received: Received, visit: str) -> Command | None:
    """A visit to this device that may still go on."""
    kept = answer_given(received.session, _visits_of(received), visit)
    return kept if kept is not None and received.now - kept.at <= LASTS else None


def _visits_of(received: Received) -> str:
    return f"{received.device.id}/visits"


def _member(received: Received, visit: Command) -> Member | None:
    return received.session.get(Member, int(visit.answer))


def _making(received: Received) -> Making | None:
    """What notices are made with; None where the library tells nothing."""
    session = received.session
    own = settings_of(session, received.device.library_id)
    if own is None:
        return None
    library = library_of(session, received.device.library_id)
    return Making(session, library, own, ready_channels(own, received.secret), received.now)


def _lent(received: Received, member: Member, visit: Command) -> list[int]:
    here = (Loan.member_id == member.id, Loan.source == received.device.id, Loan.lent_at >= visit.at)
    return list(received.session.scalars(select(Loan.id).where(*here).order_by(Loan.id)))


def _renewed(received: Received, member: Member, visit: Command) -> list[int]:
    """What the device asked to renew since, and was granted; of this member's loans."""
    of_device = (Command.source == received.device.id, Command.kind == Kind.ASK_RENEWAL, Command.at >= visit.at)
    answers = [
        msgspec.json.decode(answer, type=m.RenewalAnswered)
        for answer in received.session.scalars(select(Command.answer).where(*of_device))
    ]
    barcodes = {answer.barcode for answer in answers if answer.decision.allowed}
    of_member = (Loan.member_id == member.id, Loan.returned_at.is_(None), Loan.lent_at < visit.at)
    wanted = select(Loan.id).join(Loan.item).where(*of_member, Item.barcode.in_(barcodes)).order_by(Loan.id)
    return list(received.session.scalars(wanted)) if barcodes else []
