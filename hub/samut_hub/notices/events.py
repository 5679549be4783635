"""What happens in lending and at the till, and is told at once: a row in the transaction in which it happened.

By the mapper's own events, so that no use case can forget it, and circulation knows nothing of notices.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, event, insert
from sqlalchemy.orm import Mapper, object_session

from samut_hub.charges.models import Receipt
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.notices.models import NoticeEvent
from samut_hub.notices.policy import Kind

_TOLD: Mapping[str, Kind] = {
    HoldState.READY.value: Kind.HOLD_READY,
    HoldState.CANCELLED.value: Kind.HOLD_CANCELLED,
    HoldState.EXPIRED.value: Kind.HOLD_CANCELLED,
}


@event.listens_for(Hold.state, "set")
def _note_hold(hold: Hold, state: str, before: object, initiator: object) -> None:
    kind = _TOLD.get(state)
    if kind is not None and state != before:
        _note(hold, kind, hold.id, hold.library_id)


@event.listens_for(Loan.recalled_at, "set")
def _note_recall(loan: Loan, at: object, before: object, initiator: object) -> None:
    if at is not None:
        _note(loan, Kind.RECALLED, loan.id, loan.library_id)


@event.listens_for(Receipt, "after_insert")
def _note_receipt(mapper: Mapper[Receipt], connection: Connection, receipt: Receipt) -> None:
    row = {"library_id": receipt.library_id, "kind": Kind.RECEIPT.value, "ref_id": receipt.id}
    connection.execute(insert(NoticeEvent), row)


def _note(row: Hold | Loan, kind: Kind, ref_id: int, library_id: int) -> None:
    """Only of rows that a session keeps: one that is just being made is told of by nobody yet."""
    session = object_session(row)
    if session is not None and ref_id is not None:
        session.add(NoticeEvent(library_id=library_id, kind=kind.value, ref_id=ref_id))
