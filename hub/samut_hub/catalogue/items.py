"""Items: accession numbers that are free, copies added and changed. No use case commits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.catalogue.classification.keys import Scheme, call_key
from samut_hub.catalogue.holdings import crossed, note_holdings
from samut_hub.catalogue.item_history import By, finish_change, put_back, state_of
from samut_hub.catalogue.item_status import WrongStatusError, is_lent, refuse_status
from samut_hub.catalogue.models import Item, ItemChange, Title
from samut_hub.catalogue.naming import items_named
from samut_hub.catalogue.policy import (
    ItemEvent,
    NumberFault,
    StatusFault,
    match_key,
    normal_number,
    normal_tag,
    number_fault,
    numbers_between,
    numbers_from,
    order_of,
    range_of,
)
from samut_hub.catalogue.service import note_changes
from samut_hub.libraries.models import Library
from samut_hub.members.policy import number_after, number_range
from samut_rules.loan import ItemStatus

FIRST_NUMBER = "000001"
MOST_COPIES = 200
_NOT_THERE = {"status": ItemStatus.WITHDRAWN, "title_id": 0}


class Number(StrEnum):
    """What names an item."""

    ACCESSION = "accession_number"
    BARCODE = "barcode"
    TAG = "rfid"


class WrongNumberError(Exception):
    """The text cannot be an accession number or bar code."""

    def __init__(self, number: str, fault: NumberFault, *, is_barcode: bool = False) -> None:
        super().__init__(f"“{number}” cannot be an accession number or bar code: {fault}.")
        self.fault = fault
        self.kind = Number.BARCODE if is_barcode else Number.ACCESSION


class WrongRangeError(Exception):
    """The last number of a range does not follow the first within so many numbers."""

    kind = Number.ACCESSION

    def __init__(self, most: int) -> None:
        super().__init__(f"The last number does not follow the first within {most} numbers.")
        self.most = most


class NumberTakenError(Exception):
    """Another item of the library has the accession number, bar code or tag already."""

    def __init__(self, holder: Item, number: str, kind: Number = Number.ACCESSION) -> None:
        super().__init__(f"{number} is taken.")
        self.holder = holder
        self.number = number
        self.kind = kind


NumberError = WrongNumberError | WrongRangeError | NumberTakenError


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFields:
    """What staff fill in about an item. An empty bar code means: the accession number. Money is in satang.

    `scheme` is empty where title or library say how the call number is built.
    """

    accession_number: str
    barcode: str = ""
    rfid: str = ""
    call_number: str = ""
    scheme: str = ""
    place_id: int | None = None
    category_id: int | None = None
    source: str = ""
    price: int | None = None
    service_charge: int | None = None
    loan_days: int | None = None
    fine_per_day: int | None = None
    serial_number: str = ""
    received_on: date | None = None
    warranty_until: date | None = None
    parts: str = ""
    status: str = "available"
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Names:
    number: str
    barcode: str
    rfid: str | None


def next_number(session: Session) -> str:
    """A free accession number that follows those given last."""
    latest = session.scalar(select(Item.accession_number).order_by(Item.id.desc()).limit(1))
    if latest is None or not any(character.isdigit() for character in latest):
        return FIRST_NUMBER
    low, high = map(match_key, number_range(latest))
    same_kind = (func.length(Item.accession_key) == len(low), Item.accession_key.between(low, high))
    highest = session.scalar(
        select(Item.accession_number).where(*same_kind).order_by(Item.accession_key.desc()).limit(1)
    )
    return number_after(highest or latest)


def holder_of(session: Session, number: str) -> Item | None:
    """The library's item that has this accession number."""
    if number_fault(normal_number(number), shortest=1) is not None:
        return None
    return session.scalar(select(Item).where(Item.accession_key == match_key(number)))


def fault_of(number: str) -> NumberFault | None:
    """What is wrong with a text as an accession number, if anything."""
    return number_fault(normal_number(number))


def numbers_typed(text: str, copies: int = 1, *, most: int = MOST_COPIES) -> list[str]:
    """The accession numbers that are meant: a range, or this one and those after it. Raises WrongRangeError."""
    ends = range_of(text)
    if ends is None:
        return list(islice(numbers_from(normal_number(text)), min(copies, most)))
    numbers = numbers_between(*ends, most)
    if numbers is None:
        raise WrongRangeError(most)
    return numbers


def holders_of(session: Session, numbers: Sequence[str]) -> Sequence[Item]:
    """The library's items that have one of these accession numbers or bar codes, by accession number."""
    keys = {match_key(number) for number in numbers}
    ids = [one.item_id for one in items_named(session, accessions=keys, barcodes=keys)]
    wanted = select(Item).where(Item.id.in_(ids))
    return session.scalars(wanted.order_by(Item.accession_order)).all()


def add_items(session: Session, title: Title, fields: ItemFields, *, copies: int = 1, now: datetime) -> list[Item]:
    """New copies with consecutive numbers, from the one filled in, or those of the range filled in.

    A bar code, tag and serial number can only be given to a single copy. Raises a NumberError.
    """
    numbers = numbers_typed(fields.accession_number, copies)
    single = len(numbers) == 1
    named = [_named(number, fields.barcode if single else "", fields.rfid if single else "") for number in numbers]
    _refuse_taken(session, named, None)
    items = [Item(title=title, added_at=now) for _ in numbers]
    for item, names in zip(items, named, strict=True):
        _fill(session, item, fields, names, now)
        item.serial_number = fields.serial_number if single else ""
    try:
        with session.begin_nested():
            session.add_all(items)
    except IntegrityError:
        _refuse_taken(session, named, None)
        raise
    note_changes(session, [title.id])
    note_holdings(session, {item.id: crossed(_NOT_THERE, item) for item in items}, now=now)
    return items


def edit_item(
    session: Session, item: Item, fields: ItemFields, *, now: datetime, staff_id: int | None = None
) -> ItemChange | None:
    """Change what staff filled in. Raises a NumberError or WrongStatusError, and then nothing is changed."""
    names = _named(fields.accession_number, fields.barcode, fields.rfid)
    _refuse_taken(session, [names], item)
    if fields.status != item.status:
        refuse_status(session, item, fields.status)
    before = state_of(item)
    _fill(session, item, fields, names, now)
    return finish_change(session, item, before, By(staff_id=staff_id, now=now))


def undo(session: Session, item: Item, change: ItemChange, by: By) -> None:
    """Put back what the change changed. Raises ChangedSinceError, NumberTakenError or WrongStatusError."""
    before = state_of(item)
    wanted = {**before, **change.before}
    if wanted["status"] != item.status and wanted["status"] != ItemStatus.LOST and is_lent(session, item):
        raise WrongStatusError(StatusFault.ON_LOAN)
    _refuse_taken(session, [_Names(wanted["accession_number"], wanted["barcode"], wanted["rfid"])], item)
    put_back(item, change)
    arrange(session, item)
    item.changed_at = by.now
    finish_change(session, item, before, by, ItemEvent.UNDONE)


def arrange(session: Session, item: Item) -> None:
    """Give the item its places: on the shelf by call number, its own or the title's, and in the register."""
    item.call_key = shelf_key(item, default_scheme(session)) or None
    item.accession_order = order_of(item.accession_number)


def shelf_key(item: Item, default: str) -> bytes:
    """Where the item stands. A number that is the title's is built as the title says, unless the item says."""
    title = item.title
    number = item.call_number or title.call_number
    own = item.scheme if item.call_number else ""
    return call_key(number, own or (title.scheme if number == title.call_number else "") or default)


def default_scheme(session: Session) -> str:
    """How the library's call numbers are built where nothing else is said."""
    library = session.get(Library, session.info.get("library_id") or 0)
    return Scheme.DDC if library is None else library.scheme


def _named(accession_number: str, barcode: str, rfid: str) -> _Names:
    number = normal_number(accession_number)
    code = normal_number(barcode) or number
    fault = number_fault(number)
    if fault is not None:
        raise WrongNumberError(number, fault)
    fault = number_fault(code, shortest=1)
    if fault is not None:
        raise WrongNumberError(code, fault, is_barcode=True)
    return _Names(number, code, normal_tag(rfid) or None)


def _refuse_taken(session: Session, named: Sequence[_Names], own: Item | None) -> None:
    keys = {match_key(names.number) for names in named}
    codes = {match_key(names.barcode) for names in named}
    tags = {names.rfid for names in named if names.rfid}
    known = items_named(session, accessions=keys, barcodes=codes, tags=tags)
    others = [one.item_id for one in known if own is None or one.item_id != own.id]
    if not others:
        return
    holder = session.get_one(Item, others[0])
    if match_key(holder.accession_number) in keys:
        raise NumberTakenError(holder, holder.accession_number)
    if match_key(holder.barcode) in codes:
        raise NumberTakenError(holder, holder.barcode, Number.BARCODE)
    raise NumberTakenError(holder, holder.rfid or "", Number.TAG)


def _fill(session: Session, item: Item, fields: ItemFields, names: _Names, now: datetime) -> None:
    for name, value in asdict(fields).items():
        setattr(item, name, value)
    item.accession_number, item.barcode, item.rfid = names.number, names.barcode, names.rfid
    arrange(session, item)
    item.changed_at = now
