"""How the library takes money, and the numbers of its receipts: from 1 in each year, without gaps."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.charges.models import ChargeSettings, ReceiptCounter
from samut_hub.charges.policy import YearKind, receipt_year
from samut_hub.libraries.models import Library


def settings_of(session: Session, library_id: int) -> ChargeSettings:
    """As they were set, or as they are before."""
    kept = session.get(ChargeSettings, library_id)
    return kept or ChargeSettings(library_id=library_id, promptpay="", promptpay_name="", year=YearKind.FISCAL)


class YearBegunError(Exception):
    """The numbers of the year that would be counted now were begun before: receipts would stand out of order."""


def change_year(session: Session, library_id: int, kind: YearKind, now: datetime) -> None:
    """Count receipts by another kind of year from now on. Raises YearBegunError."""
    settings, today = settings_of(session, library_id), _today(session, library_id, now)
    year = receipt_year(today, kind)
    if year != receipt_year(today, YearKind(settings.year)):
        begun = session.get(ReceiptCounter, (library_id, year))
        if begun is not None and begun.last:
            raise YearBegunError(year)
    settings.year = kind
    session.add(settings)


def next_number(session: Session, library_id: int, now: datetime) -> tuple[int, int]:
    """Year and number of the receipt that is being written. Whoever writes one too waits for this transaction."""
    kind = YearKind(settings_of(session, library_id).year)
    year = receipt_year(_today(session, library_id, now), kind)
    number = _counted_up(session, library_id, year)
    if number is None:
        _begin_year(session, library_id, year)
        number = _counted_up(session, library_id, year)
    if number is None:
        raise LookupError(f"Receipts of {year} are not counted in library {library_id}.")
    return year, number


def _today(session: Session, library_id: int, now: datetime) -> date:
    zone = session.get_one(Library, library_id).zone
    return now.astimezone(ZoneInfo(zone)).date()


def _counted_up(session: Session, library_id: int, year: int) -> int | None:
    of_year = (ReceiptCounter.library_id == library_id, ReceiptCounter.year == year)
    counted = (
        update(ReceiptCounter).where(*of_year).values(last=ReceiptCounter.last + 1).returning(ReceiptCounter.last)
    )
    return session.scalar(counted, execution_options={"synchronize_session": False})


def _begin_year(session: Session, library_id: int, year: int) -> None:
    """Two desks may do so at the same moment: the second waits, and finds it begun."""
    try:
        with session.begin_nested():
            session.add(ReceiptCounter(library_id=library_id, year=year, last=0))
    except IntegrityError:
        return
