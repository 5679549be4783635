"""The calendar of a library, and the key under which its card numbers are hashed."""

import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.libraries.hours import read_hours
from samut_hub.libraries.keeping import kept
from samut_hub.libraries.models import Closure, Library, YearlyClosure
from samut_rules.calendar import Calendar


def library_of(session: Session, library_id: int) -> Library:
    """The library with this id; raises NotFoundError."""
    found = session.get(Library, library_id)
    if found is None:
        raise NotFoundError(f"There is no library {library_id}.")
    return found


def library_by_code(session: Session, code: str) -> Library:
    """The library with this short code; raises NotFoundError."""
    found = session.scalar(select(Library).where(Library.code == code))
    if found is None:
        known = ", ".join(session.scalars(select(Library.code).order_by(Library.code))) or "none yet"
        raise NotFoundError(f"There is no library “{code}”. Known libraries: {known}.")
    return found


def library_named(session: Session, code: str | None) -> Library:
    """The library with this code, or the only one there is; raises NotFoundError."""
    if code is not None:
        return library_by_code(session, code)
    libraries = session.scalars(select(Library).order_by(Library.code)).all()
    if len(libraries) == 1:
        return libraries[0]
    known = ", ".join(library.code for library in libraries) or "none yet"
    raise NotFoundError(f"Say which library, with --library. Known libraries: {known}.")


def add_library(session: Session, code: str, *, name_th: str, name_en: str) -> Library:
    """A new library; raises RefusedError when the code is another's."""
    if session.scalar(select(Library.id).where(Library.code == code)) is not None:
        raise RefusedError(f"There is a library “{code}” already. Choose another code.")
    library = Library(code=code, name_th=name_th, name_en=name_en)
    session.add(library)
    session.flush()
    return library


def calendar_of(session: Session, library: Library) -> Calendar:
    """Open and closed days, as the lending rules want them; kept until they change."""
    return kept(session, library, "calendar", lambda: _calendar_of(session, library))


def card_key(secret: bytes, library_code: str) -> bytes:
    """The key for `samut_wire.cards.card_hash`, a different one for each library, derived from the hub's secret."""
    return hmac.new(secret, f"card:{library_code}".encode(), hashlib.sha256).digest()


def _calendar_of(session: Session, library: Library) -> Calendar:
    entered = select(Closure.on, Closure.open, Closure.hours).where(Closure.library_id == library.id)
    closures = session.execute(entered).all()
    every_year = session.execute(
        select(YearlyClosure.month, YearlyClosure.day).where(YearlyClosure.library_id == library.id)
    )
    return Calendar(
        library.zone,
        frozenset(library.weekly_closed),
        {row.on: row.open for row in closures},
        frozenset((row.month, row.day) for row in every_year),
        {int(weekday): read_hours(hours) for weekday, hours in library.weekly_hours.items()},
        {row.on: read_hours(row.hours) for row in closures if row.hours},
    )
