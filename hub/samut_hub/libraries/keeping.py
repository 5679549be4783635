"""What is worked out from a library's calendar and rules, kept between requests until one of their rows changes.

The version stands on the library's row, which every decision about a loan reads anyway; it moves in the transaction
of the change, so a process also learns of what another one wrote. Who changes rules and goes on in the same
transaction sees its own change: nothing is kept for it, nor taken.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, event, inspect, update
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from samut_hub.libraries.models import Library, OfRules

T = TypeVar("T")

_CHANGED = "rules_changed"
_COUNTERS = {"replica_version", "rules_version"}
_kept: WeakKeyDictionary[Pool, dict[tuple[int, str], tuple[int, Any]]] = WeakKeyDictionary()


def kept(session: Session, library: Library, name: str, make: Callable[[], T]) -> T:
    """What `make` answers, from before if no rule of the library has changed since. Nobody may change it."""
    if session.info.get(_CHANGED):
        return make()
    own = _kept.setdefault(session.get_bind().engine.pool, {})
    version, value = own.get((library.id, name), (0, None))
    if version != library.rules_version:
        value = make()
        own[library.id, name] = (library.rules_version, value)
    found: T = value
    return found


@event.listens_for(Session, "after_flush")
def _count_changes(session: Session, context: UOWTransaction) -> None:
    changed = {library_id for row in _touched(session) if (library_id := _library_of(row)) is not None}
    if changed:
        _count(session, Library.id.in_(changed))


@event.listens_for(Session, "do_orm_execute")
def _count_statements(state: ORMExecuteState) -> None:
    """Changes of many rows at once do not say of which libraries: those of the session, or all."""
    if state.is_select or state.bind_mapper is None or not issubclass(state.bind_mapper.class_, OfRules):
        return
    library_id = state.session.info.get("library_id")
    _count(state.session, Library.id.is_not(None) if library_id is None else Library.id == library_id)


def _touched(session: Session) -> Iterator[object]:
    yield from session.new
    yield from session.deleted
    yield from (row for row in session.dirty if isinstance(row, OfRules | Library) and session.is_modified(row))


def _library_of(row: object) -> int | None:
    if isinstance(row, Library):
        changed = {attribute.key for attribute in inspect(row).attrs if attribute.history.has_changes()}
        return row.id if changed - _COUNTERS else None
    library_id: int | None = getattr(row, "library_id", None) if isinstance(row, OfRules) else None
    return library_id


def _count(session: Session, which: Any) -> None:
    session.info[_CHANGED] = True
    session.connection().execute(update(Library).where(which).values(rules_version=Library.rules_version + 1))
