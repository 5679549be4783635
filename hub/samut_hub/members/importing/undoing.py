"""Undoing an import of members: who was added goes, who was changed becomes as before, classes that were made go.

Who has loans, money or visits since, or was changed since, stays and is named. Each step is a transaction of its own
and leaves less to do, so undoing goes on after a power cut as if nothing had been.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload, undefer

from samut_hub.db import Database
from samut_hub.members import education, groups, own_fields
from samut_hub.members.importing.models import ImportedMember, MemberImport
from samut_hub.members.importing.policy import Kept
from samut_hub.members.importing.service import PER_PAGE, as_json
from samut_hub.members.models import Card, EducationLevel, Group, Member, MemberField, MemberType, MemberValue
from samut_hub.members.pointing import used_among
from samut_hub.members.policy import phone_key
from samut_hub.members.service import sort_key

STEP = 200
PHOTO = "photo"
"""Where `before` and `after` tell of a photograph, by its SHA-256."""
_DATES = ("joined_on", "expires_on")


@dataclass
class Undoing:
    """The steps, one after the other; `done` counts what was looked at."""

    database: Database
    library_id: int
    import_id: int
    now: datetime
    done: int = 0

    def steps(self) -> Iterator[int]:
        """Carry out what is left; after each step, how much was looked at."""
        for step in (self._changed, self._added):
            last = 0
            while True:
                with self.database.session(self.library_id) as session:
                    looked_at = step(session, last)
                if not looked_at:
                    break
                last = looked_at[-1]
                self.done += len(looked_at)
                yield self.done

    def _changed(self, session: Session, last: int) -> Sequence[int]:
        rows = self._rows(session, last, ~ImportedMember.added)
        members = _members(session, rows)
        said = _values(session, rows)
        for row in rows:
            member = members.get(row.member_id)
            row.kept = "" if member is None else _why_changed(row, member, said.get(member.id, {}))
            if member is not None and not row.kept:
                _put_back(session, row, member, self.now)
        _take_cards(session, [row for row in rows if not row.kept])
        return _forget(session, rows)

    def _added(self, session: Session, last: int) -> Sequence[int]:
        rows = self._rows(session, last, ImportedMember.added)
        members = _members(session, rows)
        used = used_among(session, members.keys()) if members else set()
        for row in rows:
            member = members.get(row.member_id)
            row.kept = "" if member is None else _why_added(row, member, used)
            if member is not None and not row.kept:
                session.delete(member)
        return _forget(session, rows)

    def _rows(
        self, session: Session, last: int, which: ColumnElement[bool] | InstrumentedAttribute[bool]
    ) -> Sequence[ImportedMember]:
        mine = (ImportedMember.import_id == self.import_id, ImportedMember.id > last, which)
        wanted = select(ImportedMember).where(*mine).order_by(ImportedMember.id).limit(STEP)
        return session.scalars(wanted.options(undefer(ImportedMember.photo_before))).all()


def left_to_do(session: Session, import_id: int) -> int:
    """How many members an undoing looks at."""
    mine = select(func.count()).select_from(ImportedMember).where(ImportedMember.import_id == import_id)
    return session.scalar(mine) or 0


def kept_of(session: Session, import_id: int, page: int) -> list[tuple[Member, str]]:
    """A page of members who stayed, and why."""
    wanted = select(Member, ImportedMember.kept).join(ImportedMember, ImportedMember.member_id == Member.id)
    mine = wanted.where(ImportedMember.import_id == import_id, ImportedMember.kept != "")
    ordered = mine.order_by(Member.sort_name, Member.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return [(member, kept) for member, kept in session.execute(ordered)]


def finish_undoing(session: Session, import_id: int, *, now: datetime) -> int:
    """Take away what was made and nobody uses; how many members stayed."""
    run = session.get_one(MemberImport, import_id)
    for group_id, before, after in run.made.get("class_levels", []):
        group = session.get(Group, group_id)
        if group is not None and group.level == after:
            group.level = before
    session.flush()
    for kind, model, remove in _MADE:
        for found in session.scalars(select(model).where(_key_of(model).in_(run.made.get(kind, [])))).all():
            _try(session, remove, found)
    run.undone_at = now
    return left_to_do(session, import_id)


def _key_of(model: type[Any]) -> Any:
    return EducationLevel.step if model is EducationLevel else model.id


def _try(session: Session, remove: Callable[[Session, Any], None], made: Any) -> None:
    """What others use by now stays."""
    try:
        with session.begin_nested():
            remove(session, made)
    except (groups.InUseError, IntegrityError):
        session.refresh(made)


_MADE: tuple[tuple[str, type[Any], Callable[[Session, Any], None]], ...] = (
    ("groups", Group, groups.remove_group),
    ("types", MemberType, groups.remove_type),
    ("fields", MemberField, own_fields.remove_field),
    ("levels", EducationLevel, education.remove_level),
)


def _members(session: Session, rows: Sequence[ImportedMember]) -> dict[int, Member]:
    ids = [row.member_id for row in rows]
    wanted = select(Member).where(Member.id.in_(ids)).options(selectinload(Member.cards))
    if any(PHOTO in row.after for row in rows):
        wanted = wanted.options(undefer(Member.photo))
    return {one.id: one for one in session.scalars(wanted)} if ids else {}


def _values(session: Session, rows: Sequence[ImportedMember]) -> dict[int, dict[str, str]]:
    """What the library's own fields say now."""
    ids = [row.member_id for row in rows if row.values_after]
    found: dict[int, dict[str, str]] = {}
    if ids:
        for one in session.scalars(select(MemberValue).where(MemberValue.member_id.in_(ids))):
            found.setdefault(one.member_id, {})[str(one.field_id)] = one.value
    return found


def _now_of(member: Member, name: str) -> Any:
    if name == PHOTO:
        return sha256(member.photo).hexdigest() if member.photo else ""
    return as_json(getattr(member, name))


def _why_changed(row: ImportedMember, member: Member, said: dict[str, str]) -> str:
    differs = any(_now_of(member, name) != value for name, value in row.after.items())
    differs = differs or any(said.get(name, "") != value for name, value in row.values_after.items())
    return Kept.CHANGED.value if differs else ""


def _why_added(row: ImportedMember, member: Member, used: set[int]) -> str:
    if member.id in used:
        return Kept.LENT.value
    if not row.after:  # it was forgotten what the import had said
        return Kept.CHANGED.value
    return Kept.CHANGED.value if any(_now_of(member, name) != value for name, value in row.after.items()) else ""


def _put_back(session: Session, row: ImportedMember, member: Member, now: datetime) -> None:
    for name, value in row.before.items():
        if name == PHOTO:
            member.photo, member.has_photo = row.photo_before, row.photo_before is not None
        else:
            setattr(member, name, date.fromisoformat(value) if name in _DATES and value else value)
    member.sort_name, member.phone_key, member.changed_at = sort_key(member.name_th), phone_key(member.phone), now
    keys = [(member.id, int(name)) for name in row.values_after]
    if keys:
        session.execute(delete(MemberValue).where(tuple_(MemberValue.member_id, MemberValue.field_id).in_(keys)))
    session.add_all(
        MemberValue(member_id=member.id, field_id=int(name), value=value) for name, value in row.values_before.items()
    )


def _take_cards(session: Session, rows: Sequence[ImportedMember]) -> None:
    """Those that the import gave, unless they are another's by now."""
    given = {card_id: row.member_id for row in rows for card_id in row.cards}
    found = session.scalars(select(Card).where(Card.id.in_(given))).all() if given else ()
    for card in found:
        if card.member_id == given[card.id]:
            session.delete(card)
    session.flush()


def _forget(session: Session, rows: Sequence[ImportedMember]) -> Sequence[int]:
    """What was undone needs no remembering."""
    session.flush()
    gone = [row.id for row in rows if not row.kept]
    if gone:
        session.execute(delete(ImportedMember).where(ImportedMember.id.in_(gone)))
    return [row.id for row in rows]
