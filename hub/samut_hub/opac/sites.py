"""Whose public pages are looked at: those of one library, or of all libraries of the hub together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.db import prepared
from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library

UNION_ZONE = "Asia/Bangkok"
_ALL = prepared(select(Library).order_by(Library.id))


@dataclass(frozen=True, slots=True)
class Site:
    """`library` is None on the pages of the union; a hub with one library has no union."""

    library: Library | None
    libraries: Sequence[Library]

    @property
    def is_union(self) -> bool:
        return self.library is None

    @property
    def scope(self) -> int | None:
        """Of which library a session of this site sees the rows; None: of all."""
        return None if self.library is None else self.library.id

    @property
    def shown(self) -> Sequence[Library]:
        """The libraries whose items this site shows."""
        return self.libraries if self.library is None else (self.library,)

    def today(self, now: datetime) -> date:
        zone = UNION_ZONE if self.library is None else self.library.zone
        return now.astimezone(ZoneInfo(zone)).date()


def site_of(session: Session, code: str) -> Site:
    """The site of the library with this code; without a code that of all, or of the only one.

    Raises NotFoundError.
    """
    libraries = session.scalars(_ALL).all()
    if not code:
        return Site(libraries[0] if len(libraries) == 1 else None, libraries)
    own = next((library for library in libraries if library.code == code), None)
    if own is None:
        raise NotFoundError(f"There is no library “{code}”.")
    return Site(own, libraries)
