"""Headings as cataloguers keep them: listed, found, authorised, referred to and related. No use case commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import icu
from sqlalchemy import ColumnElement, Tuple, delete, exists, func, insert, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from samut_hub.catalogue.authorities.models import Heading, HeadingChange, HeadingRelation, TitleHeading
from samut_hub.catalogue.authorities.policy import LONGEST, NAMES, HeadingKind, heading_key
from samut_hub.catalogue.models import Title
from samut_hub.errors import NotFoundError
from samut_hub.members.service import sort_key

PAGE = 50
SUGGESTED = 10
_place = tuple_(Heading.sort_key, Heading.id)
_BOUNDS = icu.Collator.createInstance(icu.Locale("th"))


class EmptyHeadingError(Exception):
    """A heading must have at least one letter or digit."""


class HeadingTakenError(Exception):
    """The form is a heading of its own already: it can be merged, not made a second time."""

    def __init__(self, holder: Heading) -> None:
        super().__init__(f"“{holder.text}” is a heading already.")
        self.holder = holder


@dataclass(frozen=True, slots=True)
class Row:
    """A heading in a list: how many titles stand under it, or the one that is used in its place."""

    heading: Heading
    titles: int
    used: Heading | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of the list; whether more stands before and after it."""

    rows: Sequence[Row]
    has_before: bool
    has_after: bool


def heading_by_id(session: Session, heading_id: int) -> Heading:
    """Raises NotFoundError."""
    found = session.get(Heading, heading_id)
    if found is None:
        raise NotFoundError(f"There is no heading {heading_id}.")
    return found


def used_form(session: Session, heading: Heading) -> Heading:
    """The heading to use in the place of this one; itself when it is used."""
    return heading if heading.see_id is None else session.get_one(Heading, heading.see_id)


def browse(
    session: Session, kind: HeadingKind, *, after: int | None = None, before: int | None = None, start: str = ""
) -> Listed:
    """Headings of a kind in the order of Thai dictionaries: those after or before one, or from `start` on."""
    wanted = select(Heading).where(Heading.kind == kind, _is_kept()).limit(PAGE + 1)
    if before is not None:
        wanted = wanted.where(_place < _place_of(session, before))
        found = session.scalars(wanted.order_by(Heading.sort_key.desc(), Heading.id.desc())).all()
        return Listed(_rows(session, found[:PAGE][::-1]), len(found) > PAGE, has_after=True)
    if after is not None:
        wanted = wanted.where(_place > _place_of(session, after))
    elif start:
        wanted = wanted.where(Heading.sort_key >= _bounds(start)[0])
    found = session.scalars(wanted.order_by(Heading.sort_key, Heading.id)).all()
    return Listed(_rows(session, found[:PAGE]), after is not None or bool(start), len(found) > PAGE)


def find(session: Session, kinds: Sequence[HeadingKind], text: str) -> list[Row]:
    """Headings that have the text anywhere in them, in the order of Thai dictionaries; the first of many."""
    wanted = select(Heading).where(Heading.kind.in_(kinds), Heading.key.contains(heading_key(text), autoescape=True))
    ordered = wanted.where(_is_kept()).order_by(Heading.sort_key, Heading.id).limit(PAGE)
    return _rows(session, session.scalars(ordered).all())


def suggest(session: Session, kinds: Sequence[HeadingKind], text: str) -> list[str]:
    """Headings that begin with the text; a form that is not used gives the one that is."""
    if not heading_key(text):
        return []
    low, high = _bounds(text)
    used = aliased(Heading)
    found: list[str] = []
    for kind in kinds:
        begins = (Heading.kind == kind, Heading.sort_key >= low, Heading.sort_key < high, _is_kept())
        wanted = (
            select(func.coalesce(used.text, Heading.text))
            .select_from(Heading)
            .outerjoin(used, Heading.see_id == used.id)
        )
        found += session.scalars(wanted.where(*begins).order_by(Heading.sort_key, Heading.id).limit(SUGGESTED))
    return list(dict.fromkeys(found))[:SUGGESTED]


def titles_under(session: Session, heading: Heading, *, after: int = 0, limit: int = PAGE) -> Sequence[Title]:
    """Titles under the heading, by their number."""
    linked = select(Title).join(TitleHeading, TitleHeading.title_id == Title.id)
    wanted = linked.where(TitleHeading.heading_id == heading.id, TitleHeading.title_id > after)
    return session.scalars(wanted.order_by(TitleHeading.title_id).limit(limit)).all()


def title_counts(session: Session, heading_ids: Sequence[int]) -> dict[int, int]:
    """How many titles stand under each of these headings."""
    under = TitleHeading.heading_id
    counted = select(under, func.count()).where(under.in_(heading_ids)).group_by(under)
    return {row[0]: row[1] for row in session.execute(counted)}


def refer_here(session: Session, heading: Heading) -> Sequence[Heading]:
    """The forms that are not used and refer to this one."""
    return session.scalars(select(Heading).where(Heading.see_id == heading.id).order_by(Heading.sort_key)).all()


def see_also(session: Session, heading: Heading) -> Sequence[Heading]:
    related = select(Heading).join(HeadingRelation, HeadingRelation.other_id == Heading.id)
    return session.scalars(related.where(HeadingRelation.heading_id == heading.id).order_by(Heading.sort_key)).all()


def changes_of(session: Session, heading: Heading) -> Sequence[HeadingChange]:
    """What was done to the heading, the last first."""
    own = or_(HeadingChange.heading_id == heading.id, HeadingChange.into_id == heading.id)
    return session.scalars(select(HeadingChange).where(own).order_by(HeadingChange.id.desc()).limit(PAGE)).all()


def edit_heading(
    session: Session, heading: Heading, *, note: str, source: str, is_authorised: bool, now: datetime
) -> None:
    """What a librarian says of a heading."""
    heading.note, heading.source, heading.is_authorised, heading.changed_at = note, source, is_authorised, now


def add_heading(session: Session, kind: HeadingKind, text: str, *, now: datetime) -> Heading:
    """A heading without titles yet. Raises EmptyHeadingError and HeadingTakenError."""
    text, key = checked(text)
    holder = holder_of(session, kind, key)
    if holder is not None:
        raise HeadingTakenError(holder)
    heading = Heading(kind=kind, text=text, key=key, sort_key=sort_key(text), is_authorised=True, changed_at=now)
    session.add(heading)
    session.flush()
    return heading


def add_see_from(session: Session, heading: Heading, text: str, *, now: datetime) -> Heading:
    """Let a form that is not used refer to this heading. Raises EmptyHeadingError and HeadingTakenError."""
    text, key = checked(text)
    holder = holder_of(session, HeadingKind(heading.kind), key)
    if holder is not None and (holder.id == heading.id or not _is_free(session, holder)):
        raise HeadingTakenError(holder)
    form = holder or Heading(kind=heading.kind, key=key)
    form.text, form.sort_key, form.see_id = text, sort_key(text), heading.id
    form.is_authorised, form.changed_at = False, now
    session.add(form)
    session.flush()
    return form


def remove_see_from(session: Session, heading: Heading, form_id: int) -> None:
    """The form is forgotten; nothing stands under it. Raises NotFoundError."""
    form = heading_by_id(session, form_id)
    if form.see_id != heading.id:
        raise NotFoundError(f"Heading {form_id} does not refer to {heading.id}.")
    if _is_in_changes(session, form):
        form.see_id = None
    else:
        session.delete(form)


def relate(session: Session, heading: Heading, text: str) -> Heading:
    """See also, from each to the other. Raises NotFoundError when there is no such heading."""
    holder = holder_of(session, HeadingKind(heading.kind), heading_key(text))
    other = None if holder is None else used_form(session, holder)
    if other is None or other.id == heading.id:
        raise NotFoundError(f"There is no other heading “{text}”.")
    known = {one.id for one in see_also(session, heading)}
    if other.id not in known:
        both = ((heading.id, other.id), (other.id, heading.id))
        session.execute(insert(HeadingRelation), [{"heading_id": one, "other_id": two} for one, two in both])
    return other


def unrelate(session: Session, heading: Heading, other_id: int) -> None:
    one_way = (HeadingRelation.heading_id == heading.id) & (HeadingRelation.other_id == other_id)
    back = (HeadingRelation.heading_id == other_id) & (HeadingRelation.other_id == heading.id)
    session.execute(delete(HeadingRelation).where(one_way | back))


def used_forms(session: Session, texts: Sequence[str], *, names: bool) -> dict[str, str]:
    """Of these names, or subjects, those that are forms not used, each with the heading to use in its place."""
    kinds = [kind for kind in HeadingKind if names == (kind in NAMES) or not names]
    keys = {heading_key(text.partition(" -- ")[0]): text for text in texts}
    used = aliased(Heading)
    wanted = select(Heading.key, used.text).select_from(Heading).join(used, Heading.see_id == used.id)
    found = session.execute(wanted.where(Heading.kind.in_(kinds), Heading.key.in_(keys)))
    return {keys[key]: _with_divisions(keys[key], text) for key, text in found}


def _with_divisions(typed: str, used: str) -> str:
    _, mark, divisions = typed.partition(" -- ")
    return used + mark + divisions


def _rows(session: Session, headings: Sequence[Heading]) -> list[Row]:
    counts = title_counts(session, [heading.id for heading in headings])
    see_ids = {heading.see_id for heading in headings} - {None}
    used = {one.id: one for one in session.scalars(select(Heading).where(Heading.id.in_(see_ids)))} if see_ids else {}
    return [Row(one, counts.get(one.id, 0), used.get(one.see_id or 0)) for one in headings]


def _is_kept() -> ColumnElement[bool]:
    """Not one that was left over when the last title under it was changed."""
    has_titles = exists().where(TitleHeading.heading_id == Heading.id)
    return or_(has_titles, Heading.is_authorised, Heading.see_id.is_not(None))


def _place_of(session: Session, heading_id: int) -> Tuple:
    heading = heading_by_id(session, heading_id)
    return tuple_(literal(heading.sort_key), literal(heading.id))


def _bounds(text: str) -> tuple[bytes, bytes]:
    """Sort keys between which all texts stand that begin with this one: its primary weights, the first level."""
    primary = _BOUNDS.getSortKey(text.strip()[:LONGEST]).partition(b"\x01")[0].rstrip(b"\0")
    return primary, primary + b"\xff\xff"


def checked(text: str) -> tuple[str, str]:
    """The text as it is kept, and its key. Raises EmptyHeadingError."""
    text = " ".join(text.split())[:LONGEST]
    key = heading_key(text)
    if not key:
        raise EmptyHeadingError
    return text, key


def holder_of(session: Session, kind: HeadingKind, key: str) -> Heading | None:
    """The heading that has this key."""
    return session.scalar(select(Heading).where(Heading.kind == kind, Heading.key == key))


def _is_free(session: Session, heading: Heading) -> bool:
    """Whether nothing stands under the heading or refers to it."""
    is_used = title_counts(session, [heading.id]) or refer_here(session, heading) or see_also(session, heading)
    return not is_used and heading.see_id is None and not heading.is_authorised


def _is_in_changes(session: Session, heading: Heading) -> bool:
    return bool(changes_of(session, heading))
