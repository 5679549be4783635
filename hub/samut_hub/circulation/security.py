"""Items whose tags may tell the exit something wrong: staff see them among the conflicts, devices in their replica.

A tag is released only after the loan is durable, and secured before a return. What was not written and read back at
the device stands here, until staff settle it or the device reads that it is right after all.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.catalogue.service import item_by_barcode
from samut_hub.circulation.models import Conflict, ConflictKind
from samut_hub.circulation.telling import Changed, tell

TAG_KINDS = (ConflictKind.TAG_STILL_SECURED, ConflictKind.TAG_NOT_SECURED)


@dataclass(frozen=True, slots=True)
class TagNews:
    """What a device tells of an item's tag: it was to be `secured`, and is so (`done`) or may not be.

    Of `of` parts `seen` lay on the pad. `member` is who took the item.
    """

    device: str
    barcode: str
    secured: bool
    done: bool
    at: datetime
    member: str = ""
    seen: int = 1
    of: int = 1

    @property
    def lacks_parts(self) -> bool:
        return self.seen < self.of


def note_security(session: Session, news: TagNews) -> None:
    """Only the last that was told of a tag waits for staff; parts that were not seen stay until somebody looked."""
    item = item_by_barcode(session, news.barcode)
    barcode = news.barcode if item is None else item.barcode
    _settle(session, barcode, news)
    if not news.done:
        kind = ConflictKind.TAG_NOT_SECURED if news.secured else ConflictKind.TAG_STILL_SECURED
        _leave(session, kind, barcode, news)
    if news.lacks_parts:
        _leave(session, ConflictKind.PARTS_NOT_SEEN, barcode, news)
    if item is not None:
        tell(session, Changed.ITEM, [item.id])


def tell_of_settled(session: Session, conflict: Conflict) -> None:
    """Devices learn that staff have seen to the tag."""
    if conflict.kind not in TAG_KINDS:
        return
    session.flush()
    item = session.scalar(select(Item.id).where(Item.barcode == conflict.barcode))
    if item is not None:
        tell(session, Changed.ITEM, [item])


def _settle(session: Session, barcode: str, news: TagNews) -> None:
    waiting = update(Conflict).where(
        Conflict.barcode == barcode,
        Conflict.kind.in_(TAG_KINDS),
        Conflict.settled_at.is_(None),
    )
    session.execute(waiting.values(settled_at=news.at, settled_by=news.device))


def _leave(session: Session, kind: ConflictKind, barcode: str, news: TagNews) -> None:
    told = {"device": news.device, "member": news.member, "barcode": barcode, "happened_at": news.at}
    detail = f"{news.seen}/{news.of}" if kind is ConflictKind.PARTS_NOT_SEEN else ""
    session.add(Conflict(kind=kind, detail=detail, **told))
    session.flush()
