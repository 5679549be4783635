"""Duplicate titles: found, compared, made into one, and parted again. No use case commits.

Items of the own library move at once; those of each other library in a transaction of that library (`follow_merges`).
Until then the merged title stays as a pointer to the kept one, afterwards a tombstone is what is left of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from samut_hub.catalogue import service
from samut_hub.catalogue.authorities.linking import headings_of, link_headings
from samut_hub.catalogue.holdings import tell_again
from samut_hub.catalogue.merging import rows
from samut_hub.catalogue.merging.models import DistinctTitles, MergeState, TitleMerge
from samut_hub.catalogue.merging.policy import Choice, joined, take_other_fields
from samut_hub.catalogue.models import RemovedTitle, Title
from samut_hub.catalogue.records.iso2709 import kept_record
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.db import Database
from samut_hub.errors import NotFoundError

PAGE = 20
MOST_IN_GROUP = 20
LISTED = 20
_NOT_KEPT = {"marc", "sort_title", "sort_author", "call_key", "changed_at"}
"""Columns that follow from the rest, and the record, which has a column of its own."""


class By(StrEnum):
    """What tells that two titles are probably one."""

    ISBN = "isbn"
    WORK = "work"


class NotMergeableError(Exception):
    """One of the titles is merged already, or is the other one, or is still gaining rows of an earlier merge."""


class NotUndoneError(Exception):
    """The merge still goes on, was undone, or the kept title went into another one since."""


@dataclass(frozen=True, slots=True)
class Group:
    """Titles that are probably one."""

    key: str
    titles: Sequence[Title]


def groups(session: Session, by: By, *, after: str = "") -> tuple[list[Group], str]:
    """The next groups after this key, and the key to go on from; empty when there are no more."""
    column = _column(by)
    apart = exists().where(DistinctTitles.by == by.value, DistinctTitles.key == column)
    wanted = select(column).where(column > after, ~apart).group_by(column).having(func.count() > 1)
    keys = session.scalars(wanted.order_by(column).limit(PAGE)).all()
    found: dict[str, list[Title]] = {key: [] for key in keys}
    alike = select(Title).where(column.in_(keys)).order_by(column, Title.id).limit(PAGE * MOST_IN_GROUP)
    for title in session.scalars(alike):
        if title.merged_into_id is None:
            found[getattr(title, column.key)].append(title)
    shown = [Group(key, titles[:MOST_IN_GROUP]) for key, titles in found.items() if len(titles) > 1]
    return shown, keys[-1] if len(keys) == PAGE else ""


def keep_apart(session: Session, by: By, key: str, *, staff_id: int | None, now: datetime) -> None:
    """These titles are not the same: they are not shown as duplicates again."""
    if session.get(DistinctTitles, (by.value, key)) is None:
        session.add(DistinctTitles(by=by.value, key=key, at=now, staff_id=staff_id))


def latest_merges(session: Session) -> Sequence[TitleMerge]:
    return session.scalars(select(TitleMerge).order_by(TitleMerge.id.desc()).limit(LISTED)).all()


def merge_by_id(session: Session, merge_id: int) -> TitleMerge:
    """Raises NotFoundError."""
    found = session.get(TitleMerge, merge_id)
    if found is None:
        raise NotFoundError(f"There is no merge {merge_id}.")
    return found


def successor_of(session: Session, title_id: int) -> int | None:
    """The title into which this one went, and that one in turn; None for a title that stands."""
    title, seen = session.get(Title, title_id), {title_id}
    while title is None or title.merged_into_id is not None:
        pointer = title or session.get(RemovedTitle, title_id)
        went = None if pointer is None else pointer.merged_into_id
        if went is None or went in seen:
            return None
        seen.add(went)
        title_id, title = went, session.get(Title, went)
    return title_id if len(seen) > 1 else None


def merge(
    session: Session,
    kept: Title,
    other: Title,
    *,
    choices: Mapping[str, Choice],
    takes_fields: bool = False,
    staff_id: int | None,
    now: datetime,
) -> TitleMerge:
    """Make one of two titles. Raises NotMergeableError.

    `choices` are for the fields of the form that differ; with `takes_fields` the record also gets the MARC fields
    that only the other has.
    """
    _refuse(session, kept, other)
    done = _begun(session, kept, other, staff_id, now)
    _take_over(session, kept, other, (choices, takes_fields), now)
    kept.cover = kept.cover or other.cover
    other.merged_into_id, other.changed_at = kept.id, now
    link_headings(session, {other.id: []}, now=now)
    session.flush()
    done.into_version = kept.version
    session.add(done)
    session.flush()
    rows.move(session, done)
    service.note_changes(session, [kept.id, other.id])
    finish(session, done, now=now)
    return done


def undo(session: Session, done: TitleMerge, *, now: datetime) -> bool:
    """Part the two again; whether the kept title's record could be put back. Raises NotUndoneError.

    A kept title that was changed since keeps its record: that may hold work of others.
    """
    kept = session.get(Title, done.into_id)
    if done.state != MergeState.DONE or kept is None or kept.merged_into_id is not None:
        raise NotUndoneError
    _restore(session, done, now)
    is_unchanged = kept.version == done.into_version
    if is_unchanged:
        former = kept_record(done.into_marc) or new_record(_said(done.into_row))
        service.edit_record(session, kept, former, version=kept.version, now=now)
        kept.material, kept.cover = done.into_row["material"], done.into_row["cover"]
    done.state, done.undone_at = MergeState.MOVING_BACK, now
    session.flush()
    rows.move_back(session, done)
    service.note_changes(session, [done.from_id, done.into_id])
    finish(session, done, now=now)
    return is_unchanged


def finish(session: Session, done: TitleMerge, *, now: datetime) -> None:
    """Close a merge, or its undoing, of which no row is left to move; a merged title becomes a tombstone."""
    if done.state == MergeState.MOVING_BACK and not rows.libraries_to_go_back(session, done):
        done.state = MergeState.UNDONE
        tell_again(session, [done.from_id, done.into_id], now=now)
    if done.state != MergeState.MOVING or rows.is_any_left(session, done):
        return
    done.state = MergeState.DONE
    tell_again(session, [done.into_id], now=now)
    title = session.get(Title, done.from_id)
    if title is not None:
        session.delete(title)
    session.add(RemovedTitle(title_id=done.from_id, removed_at=now, merged_into_id=done.into_id))
    session.flush()


def follow_merges(database: Database, clock: Callable[[], datetime]) -> None:
    """Move the rows of each library that a merge, or its undoing, left behind, in a transaction of that library."""
    going = select(TitleMerge).where(TitleMerge.state.in_((MergeState.MOVING, MergeState.MOVING_BACK)))
    with database.session(None, writes=False) as session:
        steps = [(one.id, _libraries(session, one)) for one in session.scalars(going.order_by(TitleMerge.id))]
    for merge_id, libraries in steps:
        for library_id in sorted(libraries):
            with database.session(library_id) as session:
                _move_on(session, merge_id)
        with database.session(None) as session:
            finish(session, _locked(session, merge_id), now=clock())


def _move_on(session: Session, merge_id: int) -> None:
    done = _locked(session, merge_id)
    if done.state == MergeState.MOVING:
        rows.move(session, done)
    elif done.state == MergeState.MOVING_BACK:
        rows.move_back(session, done)


def _locked(session: Session, merge_id: int) -> TitleMerge:
    return session.scalars(select(TitleMerge).where(TitleMerge.id == merge_id).with_for_update()).one()


def _libraries(session: Session, done: TitleMerge) -> set[int]:
    if done.state == MergeState.MOVING:
        return rows.libraries_left(session, done)
    return rows.libraries_to_go_back(session, done)


def _column(by: By) -> InstrumentedAttribute[str]:
    return Title.isbn if by == By.ISBN else Title.match_key


def _refuse(session: Session, kept: Title, other: Title) -> None:
    both = (kept.id, other.id)
    going = TitleMerge.state.in_((MergeState.MOVING, MergeState.MOVING_BACK))
    concerned = TitleMerge.into_id.in_(both) | TitleMerge.from_id.in_(both)
    is_going = session.scalar(select(TitleMerge.id).where(concerned, going).limit(1)) is not None
    if is_going or kept.id == other.id or kept.merged_into_id is not None or other.merged_into_id is not None:
        raise NotMergeableError


def _begun(session: Session, kept: Title, other: Title, staff_id: int | None, now: datetime) -> TitleMerge:
    session.refresh(kept, ["marc"])
    session.refresh(other, ["marc"])
    return TitleMerge(
        from_id=other.id,
        into_id=kept.id,
        at=now,
        staff_id=staff_id,
        from_row=_row(other),
        from_marc=other.marc,
        into_row=_row(kept),
        into_marc=kept.marc,
    )


def _row(title: Title) -> dict[str, Any]:
    names = (column.key for column in Title.__table__.columns if column.key not in _NOT_KEPT)
    return {name: getattr(title, name) for name in names}


def _take_over(
    session: Session, kept: Title, other: Title, how: tuple[Mapping[str, Choice], bool], now: datetime
) -> None:
    choices, takes_fields = how
    wanted = joined(service.description_of(kept), service.description_of(other), choices)
    service.edit_title(session, kept, wanted, version=kept.version, now=now)
    if takes_fields:
        record = service.record_of(session, kept)
        take_other_fields(record, service.record_of(session, other))
        service.edit_record(session, kept, record, version=kept.version, now=now)


def _restore(session: Session, done: TitleMerge, now: datetime) -> None:
    """Make the merged title's row again, with the id it had."""
    said = _said(done.from_row)
    record = kept_record(done.from_marc) or new_record(said)
    row = {**done.from_row, **service.keys_of(said, record), "marc": done.from_marc, "changed_at": now}
    session.execute(insert(Title), [{**row, "version": row["version"] + 1}])
    removed = session.get(RemovedTitle, done.from_id)
    if removed is not None:
        session.delete(removed)
    link_headings(session, {done.from_id: headings_of(record)}, now=now)


def _said(row: Mapping[str, Any]) -> Description:
    return msgspec.convert({name: row[name] for name in Description.__struct_fields__}, Description)
