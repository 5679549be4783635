"""Items: accession numbers that are free, copies added and changed. No use case commits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.policy import (
    NumberFault,
    match_key,
    normal_number,
    number_fault,
    numbers_from,
    order_of,
)
from samut_hub.members.policy import number_after, number_range

FIRST_NUMBER = "000001"
MOST_COPIES = 200


class WrongNumberError(Exception):
    """The text cannot be an accession number or bar code."""

    def __init__(self, number: str, fault: NumberFault, *, is_barcode: bool = False) -> None:
        super().__init__(f"“{number}” cannot be an accession number or bar code: {fault}.")
        self.fault = fault
        self.is_barcode = is_barcode


class NumberTakenError(Exception):
    """Another item of the library has the accession number or bar code already."""

    def __init__(self, holder: Item, number: str, *, is_barcode: bool = False) -> None:
        super().__init__(f"{number} is taken.")
        self.holder = holder
        self.number = number
        self.is_barcode = is_barcode


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFields:
    """What staff fill in about an item. An empty bar code means: the accession number. Money is in satang."""

    accession_number: str
    barcode: str = ""
    call_number: str = ""
    place_id: int | None = None
    price: int | None = None
    status: str = "available"
    note: str = ""


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


def add_items(session: Session, title: Title, fields: ItemFields, *, copies: int = 1, now: datetime) -> list[Item]:
    """New copies with consecutive numbers, from the one filled in. Raises WrongNumberError and NumberTakenError.

    A bar code of its own can only be given to a single copy.
    """
    first, barcode = _checked(fields)
    numbers = list(islice(numbers_from(first), min(copies, MOST_COPIES)))
    _refuse_taken(session, numbers, [barcode] if copies == 1 else numbers, None)
    items = [Item(title=title, added_at=now) for _ in numbers]
    for item, number in zip(items, numbers, strict=True):
        _fill(item, fields, (number, barcode if copies == 1 else number), now)
    try:
        with session.begin_nested():
            session.add_all(items)
    except IntegrityError:
        _refuse_taken(session, numbers, [barcode], None)
        raise
    return items


def edit_item(session: Session, item: Item, fields: ItemFields, *, now: datetime) -> None:
    """Change what staff filled in. Raises WrongNumberError and NumberTakenError, and then nothing is changed."""
    number, barcode = _checked(fields)
    _refuse_taken(session, [number], [barcode], item)
    _fill(item, fields, (number, barcode), now)
    session.flush()


def _checked(fields: ItemFields) -> tuple[str, str]:
    number = normal_number(fields.accession_number)
    barcode = normal_number(fields.barcode) or number
    fault = number_fault(number)
    if fault is not None:
        raise WrongNumberError(number, fault)
    fault = number_fault(barcode, shortest=1)
    if fault is not None:
        raise WrongNumberError(barcode, fault, is_barcode=True)
    return number, barcode


def _refuse_taken(session: Session, numbers: Sequence[str], barcodes: Sequence[str], own: Item | None) -> None:
    keys, codes = {match_key(number) for number in numbers}, {match_key(code) for code in barcodes}
    wanted = select(Item).where(or_(Item.accession_key.in_(keys), Item.barcode_key.in_(codes)), Item.id != _id(own))
    holder = session.scalar(wanted.order_by(Item.id).limit(1))
    if holder is None:
        return
    is_barcode = match_key(holder.accession_number) not in keys
    raise NumberTakenError(holder, holder.barcode if is_barcode else holder.accession_number, is_barcode=is_barcode)


def _id(item: Item | None) -> int:
    return 0 if item is None else item.id


def _fill(item: Item, fields: ItemFields, numbers: tuple[str, str], now: datetime) -> None:
    for name, value in asdict(fields).items():
        setattr(item, name, value)
    item.accession_number, item.barcode = numbers
    item.accession_order = order_of(item.accession_number)
    item.changed_at = now
