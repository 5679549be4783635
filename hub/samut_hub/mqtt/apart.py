"""What the hub understood but cannot carry out: kept for a technician, and of events staff hear among the conflicts.

Whoever asks a question, gives an order or reads a card sees that nothing comes of it.
"""

from sqlalchemy import select

from samut_hub.circulation.models import Conflict, ConflictKind
from samut_hub.fleet.models import StrangeLetter
from samut_hub.mqtt.received import Received, Reply, record_event
from samut_wire import messages as m
from samut_wire.topics import Kind

UNWRITTEN = {
    Kind.PASSAGE: ConflictKind.PASSAGE_UNWRITTEN,
    Kind.COUNT: ConflictKind.PASSAGE_UNWRITTEN,
    Kind.ALARM: ConflictKind.PASSAGE_UNWRITTEN,
    Kind.LOAN: ConflictKind.LOAN_UNWRITTEN,
    Kind.RENEWAL: ConflictKind.RENEWAL_UNWRITTEN,
    Kind.RETURN: ConflictKind.RETURN_UNWRITTEN,
    Kind.CANCEL: ConflictKind.CANCEL_UNWRITTEN,
    Kind.SECURITY: ConflictKind.SECURITY_UNWRITTEN,
}
_TELLS_OF_PEOPLE = frozenset({Kind.READ, Kind.IDENTITY})
"""What a desk reads of cards is never set apart: number, address and photograph stand in it."""


def set_apart(received: Received, payload: bytes, fault: str) -> Reply | None:
    """Keep the message. An event is thereby settled and acknowledged: should it come again, nothing more is done, as
    staff may have put it right by hand."""
    if received.kind in UNWRITTEN:
        return record_event(received, lambda: _leave_to_staff(received, payload, fault))
    _keep(received, b"" if received.kind in _TELLS_OF_PEOPLE else payload, fault)
    return None


def _leave_to_staff(received: Received, payload: bytes, fault: str) -> None:
    _keep(received, payload, fault)
    kind = UNWRITTEN[received.kind]
    if kind is ConflictKind.PASSAGE_UNWRITTEN and _is_told(received, kind):
        return
    member, barcode = _about(received.letter.body)
    told = {"kind": kind, "device": received.device.id, "happened_at": received.happened_at}
    received.session.add(Conflict(**told, member=member, barcode=barcode, detail=""))


def _keep(received: Received, payload: bytes, fault: str) -> None:
    row = StrangeLetter(device=received.device.id, kind=received.kind, letter=payload, fault=fault, at=received.now)
    received.session.add(row)


def _is_told(received: Received, kind: ConflictKind) -> bool:
    """Whether it waits for staff already: nobody puts each passage right by hand."""
    of_device = (Conflict.kind == kind, Conflict.device == received.device.id)
    waiting = select(Conflict.id).where(*of_device, Conflict.settled_at.is_(None)).limit(1)
    return received.session.scalar(waiting) is not None


def _about(event: m.Message) -> tuple[str, str]:
    """The numbers of the member and of the item, as far as it names them."""
    match event:
        case m.LoanRecorded() | m.RenewalRecorded() | m.CheckoutCancelled() | m.SecurityRecorded():
            return event.member, event.barcode
        case m.ReturnRecorded(barcode=barcode):
            return "", barcode
    return "", ""
