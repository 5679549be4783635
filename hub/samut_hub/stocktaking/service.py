"""Taking stock: begin, scan, settle what was read. No use case commits."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from samut_hub.catalogue.item_history import By, finish_change, state_of
from samut_hub.catalogue.item_status import hand_in
from samut_hub.catalogue.lending import lent_among
from samut_hub.catalogue.models import Item
from samut_hub.catalogue.naming import items_named
from samut_hub.catalogue.policy import match_key, number_fault
from samut_hub.circulation.policy import readings
from samut_hub.errors import NotFoundError
from samut_hub.stocktaking.counting import PAGE, is_counted, places_within
from samut_hub.stocktaking.models import StockScan, StockTaking
from samut_hub.stocktaking.policy import Seen, Verdict, verdict_on

LISTED = 100
LONGEST_CODE = 100
MOST_CODES = 20_000
"""In one file of a collecting scanner."""
AT_ONCE = 200
"""Numbers that are read while the person waits; more are a task."""
_BATCH = 500


class ClosedError(Exception):
    """The stock-taking is closed: nothing more can be scanned into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is counted: a place with all that lies in it, a category; None for all."""

    name: str
    place_id: int | None = None
    category_id: int | None = None


def begin(session: Session, scope: Scope, *, staff_id: int | None, now: datetime) -> StockTaking:
    taking = StockTaking(
        name=scope.name,
        place_id=scope.place_id,
        category_id=scope.category_id,
        started_at=now,
        staff_id=staff_id,
    )
    session.add(taking)
    session.flush()
    return taking


def stock_taking_by_id(session: Session, taking_id: int) -> StockTaking:
    """The library's stock-taking; raises NotFoundError."""
    found = session.get(StockTaking, taking_id)
    if found is None:
        raise NotFoundError(f"There is no stock-taking {taking_id} in this library.")
    return found


def stock_takings(session: Session) -> Sequence[StockTaking]:
    return session.scalars(select(StockTaking).order_by(StockTaking.id.desc()).limit(LISTED)).all()


def scan(
    session: Session, taking: StockTaking, codes: Iterable[str], *, here_id: int | None = None, by: By
) -> list[StockScan]:
    """What these numbers tell, in their order, each once. An item thought missing can be lent again from now on.

    Raises ClosedError.
    """
    session.refresh(taking, ["closed_at"], with_for_update={"read": True})
    if taking.closed_at is not None:
        raise ClosedError
    wanted = list(dict.fromkeys(filter(None, (" ".join(code.split())[:LONGEST_CODE] for code in codes))))[:MOST_CODES]
    return [
        scanned
        for start in range(0, len(wanted), _BATCH)
        for scanned in _scan_some(session, taking, wanted[start : start + _BATCH], here_id, by)
    ]


def scans(session: Session, taking: StockTaking, verdicts: Collection[Verdict], page: int = 1) -> Sequence[StockScan]:
    """Those with such a verdict, the latest first, with their items."""
    wanted = _scans(taking).where(StockScan.verdict.in_(verdicts))
    return session.scalars(wanted.limit(PAGE).offset((page - 1) * PAGE)).all()


def all_scans(session: Session, taking: StockTaking) -> Iterator[StockScan]:
    """Everything that was read, the latest first, as a stream in little memory."""
    yield from session.scalars(_scans(taking).execution_options(yield_per=_BATCH))


def put_here(session: Session, taking: StockTaking, scan_id: int, by: By) -> StockScan:
    """The item belongs where it was read: its record says so from now on. Raises NotFoundError."""
    scanned = session.get(StockScan, scan_id)
    if scanned is None or scanned.stock_taking_id != taking.id or scanned.item_id is None:
        raise NotFoundError(f"Nothing was read as no. {scan_id} of this stock-taking.")
    item, where = session.get_one(Item, scanned.item_id), scanned.here_id or taking.place_id
    if where is not None:
        before = state_of(item)
        item.place_id, item.changed_at = where, by.now
        finish_change(session, item, before, by)
        scanned.verdict = Verdict.FOUND
        session.flush()
    return scanned


def _scan_some(
    session: Session, taking: StockTaking, codes: Sequence[str], here_id: int | None, by: By
) -> list[StockScan]:
    items = _items_by_code(session, codes)
    lent = lent_among(session, [item.id for item in items.values()])
    counted, here = places_within(session, taking.place_id), places_within(session, here_id)
    rows = []
    for code in codes:
        item = items.get(code)
        verdict = Verdict.UNKNOWN
        if item is not None:
            belongs = is_counted(taking, item, counted)
            verdict = verdict_on(Seen(item.status, item.id in lent, item.place_id, belongs, here))
            item.last_seen_at = by.now
            hand_in(session, item, by)
        rows.append(_row(taking, code, item, (verdict, here_id), by))
    session.flush()
    _write(session, rows)
    return _as_written(session, taking, [str(row["code"]) for row in rows])


def _row(
    taking: StockTaking, code: str, item: Item | None, said: tuple[Verdict, int | None], by: By
) -> dict[str, object]:
    return {
        "library_id": taking.library_id,
        "stock_taking_id": taking.id,
        "code": match_key(code if item is None else item.barcode),
        "item_id": None if item is None else item.id,
        "verdict": said[0].value,
        "here_id": said[1],
        "at": by.now,
        "staff_id": by.staff_id,
    }


def _write(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """A number that was read before is read anew."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(StockScan)
    new = {name: statement.excluded[name] for name in ("item_id", "verdict", "here_id", "at", "staff_id")}
    key = ["library_id", "stock_taking_id", "code"]
    unique = list({str(row["code"]): row for row in rows}.values())
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=new), unique)


def _as_written(session: Session, taking: StockTaking, keys: Sequence[str]) -> list[StockScan]:
    wanted = (
        select(StockScan)
        .where(StockScan.stock_taking_id == taking.id, StockScan.code.in_(set(keys)))
        .options(joinedload(StockScan.item))
        .execution_options(populate_existing=True)
    )
    by_key = {scanned.code: scanned for scanned in session.scalars(wanted)}
    return [by_key[key] for key in dict.fromkeys(keys)]


def _items_by_code(session: Session, codes: Sequence[str]) -> dict[str, Item]:
    """The items that these numbers name, read as at the desk: the first reading that names one counts."""
    keys = {code: [match_key(reading) for reading in readings(code)] for code in codes}
    items = _items_by_key(session, {key for some in keys.values() for key in some})
    first = {code: next((items[key] for key in some if key in items), None) for code, some in keys.items()}
    return {code: item for code, item in first.items() if item is not None}


def _items_by_key(session: Session, keys: Collection[str]) -> dict[str, Item]:
    """By bar code, tag or accession number."""
    keys = {key for key in keys if number_fault(key, shortest=1) is None}
    named = items_named(session, accessions=keys, barcodes=keys, tags=keys)
    wanted = select(Item).where(Item.id.in_([one.item_id for one in named]))
    items = {item.id: item for item in session.scalars(wanted)}
    found: dict[str, Item] = {}
    for one in named:
        for key in (one.tag or "", one.accession):
            if key in keys:
                found.setdefault(key, items[one.item_id])
    return found | {one.barcode: items[one.item_id] for one in named if one.barcode in keys}


def _scans(taking: StockTaking) -> Select[StockScan]:
    wanted = select(StockScan).where(StockScan.stock_taking_id == taking.id).options(joinedload(StockScan.item))
    return wanted.order_by(StockScan.at.desc(), StockScan.id.desc())
