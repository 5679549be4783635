"""Renaming a heading and merging one into another: the heading at once, the records of its titles in batches.

Until the last batch is done nothing is wrong: the old form refers to the new one from the start, so a title that is
saved in between stands under the right heading. No use case commits.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from pymarc import Record
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, undefer

from samut_hub.catalogue.authorities.linking import headings_of, link_headings, see_from
from samut_hub.catalogue.authorities.models import (
    Heading,
    HeadingChange,
    HeadingChangeTitle,
    HeadingRelation,
    TitleHeading,
)
from samut_hub.catalogue.authorities.policy import HeadingKind, heading_key
from samut_hub.catalogue.authorities.rewriting import Change, rewrite, shown_line, take_back
from samut_hub.catalogue.authorities.service import (
    HeadingTakenError,
    checked,
    heading_by_id,
    holder_of,
    refer_here,
    see_also,
    title_counts,
    titles_under,
    used_form,
)
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import kept_record, write_record
from samut_hub.catalogue.records.marc import describe
from samut_hub.catalogue.service import description_of, keys_of, note_changes
from samut_hub.errors import NotFoundError
from samut_hub.members.service import sort_key
from samut_hub.tasks import Work

BATCH = 200
AT_ONCE = 100
"""Titles that are changed while the librarian waits; more are a task."""
SHOWN = 10
KIND = "heading_change"


class SameHeadingError(Exception):
    """A heading cannot be merged into itself, or into one of another kind."""


class ChangedSinceError(Exception):
    """The heading was changed again since, or its titles still follow: the later change is undone first."""


@dataclass(frozen=True, slots=True)
class Example:
    """What would become of the fields of one title."""

    title: Title
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Preview:
    """How many titles a change would touch, and the first of them."""

    titles: int
    examples: Sequence[Example]


def preview(session: Session, heading: Heading, text: str) -> Preview:
    """What renaming the heading to this text, or merging it into the heading of this text, would do."""
    kind, keys = HeadingKind(heading.kind), _keys(session, heading)
    examples = [_example(session, title, (kind, keys, text)) for title in titles_under(session, heading, limit=SHOWN)]
    return Preview(title_counts(session, [heading.id]).get(heading.id, 0), examples)


def rename(session: Session, heading: Heading, text: str, *, staff_id: int | None, now: datetime) -> HeadingChange:
    """Give the heading another form; the old one refers to it. Raises EmptyHeadingError and HeadingTakenError."""
    text, key = checked(text)
    was_form = _form_of(session, heading, key) is not None or key == heading.key
    change = HeadingChange(
        heading_id=heading.id,
        text_before=heading.text,
        text_after=text,
        moved={"was_form": was_form},
        at=now,
        staff_id=staff_id,
    )
    _give_text(session, heading, text, now)
    return _added(session, change)


def merge(session: Session, heading: Heading, into: Heading, *, staff_id: int | None, now: datetime) -> HeadingChange:
    """Let all titles of a heading stand under another, to which it refers from now on. Raises SameHeadingError."""
    into = used_form(session, into)
    if into.id == heading.id or into.kind != heading.kind or heading.see_id is not None:
        raise SameHeadingError
    forms = [form.id for form in refer_here(session, heading)]
    related = {other.id for other in see_also(session, heading)}
    gained = sorted(related - {other.id for other in see_also(session, into)} - {into.id})
    session.execute(update(Heading).where(Heading.id.in_(forms)).values(see_id=into.id))
    _unrelate(session, heading.id, related)
    _relate(session, into.id, gained)
    moved = {"forms": forms, "related": sorted(related), "gained": gained, "authorised": heading.is_authorised}
    change = HeadingChange(
        heading_id=heading.id,
        into_id=into.id,
        text_before=heading.text,
        text_after=into.text,
        moved=moved,
        at=now,
        staff_id=staff_id,
    )
    heading.see_id, heading.is_authorised, heading.changed_at = into.id, False, now
    return _added(session, change)


def undo(session: Session, change: HeadingChange, *, now: datetime) -> None:
    """Put the heading back as it was before; its titles follow. Raises ChangedSinceError."""
    if change.undone_at is not None or change.finished_at is None or _was_changed_since(session, change):
        raise ChangedSinceError
    heading = session.get_one(Heading, change.heading_id)
    if change.into_id is None:
        _give_text(session, heading, change.text_before, now)
    else:
        _part(session, heading, change)
    heading.changed_at = change.undone_at = now
    change.finished_at = None
    session.flush()


def change_by_id(session: Session, change_id: int) -> HeadingChange:
    """Raises NotFoundError."""
    found = session.get(HeadingChange, change_id)
    if found is None:
        raise NotFoundError(f"There is no change {change_id} of a heading.")
    return found


def follow(session: Session, change_id: int, *, now: datetime, most: int = BATCH) -> int:
    """Let the next titles follow a change, or its undoing; how many did. With none left the change is finished."""
    locked = select(HeadingChange).where(HeadingChange.id == change_id).with_for_update()
    change = session.scalars(locked.execution_options(populate_existing=True)).one()
    if change.finished_at is not None:
        return 0
    done = _follow(session, change, most, now) if change.undone_at is None else _go_back(session, change, most, now)
    if done == 0:
        change.finished_at = now
        _forget_new_form(session, change)
    session.flush()
    return done


def titles_to_follow(session: Session, change: HeadingChange) -> int:
    """How many titles have yet to follow the change, or its undoing."""
    if change.undone_at is not None:
        return session.scalar(select(func.count()).where(HeadingChangeTitle.change_id == change.id)) or 0
    return title_counts(session, [change.heading_id]).get(change.heading_id, 0)


def carry_out(work: Work) -> dict[str, object]:
    """The task of a change with many titles."""
    change_id, total, done = int(work.args["change_id"]), int(work.args["titles"]), 0
    while not work.is_cancelled():
        with work.database.session(work.library_id) as session:
            some = follow(session, change_id, now=datetime.now(UTC))
        if not some:
            break
        done += some
        work.tell(min(done, total), total)
    return {"titles": done}


def _follow(session: Session, change: HeadingChange, most: int, now: datetime) -> int:
    heading = session.get_one(Heading, change.heading_id)
    used = used_form(session, heading)
    under = select(TitleHeading.title_id).where(
        TitleHeading.heading_id == heading.id, TitleHeading.title_id > change.last_title_id
    )
    titles = _locked(session, session.scalars(under.order_by(TitleHeading.title_id).limit(most)).all())
    keys = {*_keys(session, used), *_keys(session, heading)}
    rewritten: dict[int, list[Change]] = {}
    records = {title.id: record for title in titles if (record := kept_record(title.marc)) is not None}
    for title_id, record in records.items():
        rewritten[title_id] = rewrite(record, HeadingKind(heading.kind), keys, used.text)
    _save(session, titles, records, now)
    kept = [
        {"change_id": change.id, "title_id": one, "fields": fields} for one, fields in rewritten.items() if fields
    ]
    if kept:
        session.execute(insert(HeadingChangeTitle), kept)
    change.last_title_id = titles[-1].id if titles else change.last_title_id
    return len(titles)


def _go_back(session: Session, change: HeadingChange, most: int, now: datetime) -> int:
    of_change = select(HeadingChangeTitle).where(HeadingChangeTitle.change_id == change.id)
    rows = session.scalars(of_change.order_by(HeadingChangeTitle.title_id).limit(most)).all()
    fields = {row.title_id: row.fields for row in rows}
    titles = _locked(session, list(fields))
    records = {title.id: record for title in titles if (record := kept_record(title.marc)) is not None}
    for title_id, record in records.items():
        take_back(record, [(before, after) for before, after in fields[title_id]])
    _save(session, titles, records, now)
    own = HeadingChangeTitle.change_id == change.id
    session.execute(delete(HeadingChangeTitle).where(own, HeadingChangeTitle.title_id.in_(fields)))
    return len(rows)


def _locked(session: Session, title_ids: Sequence[int]) -> Sequence[Title]:
    """Nobody saves these titles before this transaction ends."""
    wanted = select(Title).where(Title.id.in_(title_ids)).order_by(Title.id).options(undefer(Title.marc))
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()


def _save(session: Session, titles: Sequence[Title], records: dict[int, Record], now: datetime) -> None:
    changed = [title for title in titles if title.id in records and write_record(records[title.id]) != title.marc]
    for title in changed:
        _fill(title, records[title.id], now)
    session.flush()
    link_headings(
        session, {title.id: headings_of(records[title.id]) for title in titles if title.id in records}, now=now
    )
    if changed:
        note_changes(session, [title.id for title in changed])


def _fill(title: Title, record: Record, now: datetime) -> None:
    """Only what a heading gives: authors, subjects, and the keys that follow from them."""
    said = describe(record)
    wanted = msgspec.structs.replace(description_of(title), author=said.author, subjects=said.subjects)
    for name, value in {"author": said.author, "subjects": said.subjects, **keys_of(wanted, record)}.items():
        setattr(title, name, value)
    title.marc, title.changed_at = write_record(record), now


def _example(session: Session, title: Title, how: tuple[HeadingKind, Collection[str], str]) -> Example:
    session.refresh(title, ["marc"])
    record = kept_record(title.marc)
    changes = [] if record is None else rewrite(record, *how)
    return Example(title, [(shown_line(before), shown_line(after) if after else "") for before, after in changes])


def _give_text(session: Session, heading: Heading, text: str, now: datetime) -> None:
    """The form that had the text, if one did, changes places with the heading."""
    old_text, old_key, key = heading.text, heading.key, heading_key(text)
    form = _form_of(session, heading, key)
    if form is not None:
        form.key = f"{form.key} #{form.id}"
        session.flush()
    heading.text, heading.key, heading.sort_key, heading.changed_at = text, key, sort_key(text), now
    session.flush()
    if form is not None:
        form.text, form.key, form.sort_key = old_text, old_key, sort_key(old_text)
        session.flush()
    elif old_key != key:
        see_from(session, {(heading.kind, old_key): (old_text, heading.id)}, now=now)


def _form_of(session: Session, heading: Heading, key: str) -> Heading | None:
    """The form with this key that refers to the heading. Raises HeadingTakenError when it is another's."""
    holder = holder_of(session, HeadingKind(heading.kind), key)
    if holder is None or holder.id == heading.id:
        return None
    if holder.see_id != heading.id:
        raise HeadingTakenError(holder)
    return holder


def _part(session: Session, heading: Heading, change: HeadingChange) -> None:
    """Take a heading out of the one it was merged into, with what it brought."""
    moved = change.moved
    heading.see_id, heading.is_authorised = None, moved["authorised"]
    still_there = (Heading.id.in_(moved["forms"]), Heading.see_id == change.into_id)
    session.execute(update(Heading).where(*still_there).values(see_id=heading.id))
    _unrelate(session, change.into_id or 0, moved["gained"])
    _relate(session, heading.id, moved["related"])


def _forget_new_form(session: Session, change: HeadingChange) -> None:
    """After undoing, the form that the renaming brought is gone again."""
    if change.undone_at is None or change.into_id is not None or change.moved["was_form"]:
        return
    heading = session.get_one(Heading, change.heading_id)
    form = holder_of(session, HeadingKind(heading.kind), heading_key(change.text_after))
    if form is not None and form.see_id == heading.id:
        session.delete(form)


def _relate(session: Session, heading_id: int, others: Collection[int]) -> None:
    pairs = [pair for other in others for pair in ((heading_id, other), (other, heading_id))]
    if pairs:
        session.execute(insert(HeadingRelation), [{"heading_id": one, "other_id": two} for one, two in pairs])


def _unrelate(session: Session, heading_id: int, others: Collection[int]) -> None:
    here = (HeadingRelation.heading_id == heading_id) & HeadingRelation.other_id.in_(others)
    there = (HeadingRelation.other_id == heading_id) & HeadingRelation.heading_id.in_(others)
    session.execute(delete(HeadingRelation).where(here | there))


def _was_changed_since(session: Session, change: HeadingChange) -> bool:
    both = [change.heading_id, *([change.into_id] if change.into_id else [])]
    concerns = or_(HeadingChange.heading_id.in_(both), HeadingChange.into_id.in_(both))
    later = (HeadingChange.id > change.id, HeadingChange.undone_at.is_(None))
    return session.scalar(select(HeadingChange.id).where(concerns, *later).limit(1)) is not None


def _keys(session: Session, heading: Heading) -> set[str]:
    """The heading in all its forms."""
    return {heading.key, *(form.key for form in refer_here(session, heading))}


def _added(session: Session, change: HeadingChange) -> HeadingChange:
    session.add(change)
    session.flush()
    return change


def target_of(session: Session, heading: Heading, text: str) -> Heading:
    """The heading named by a librarian as the one to merge into. Raises NotFoundError and SameHeadingError."""
    found = holder_of(session, HeadingKind(heading.kind), heading_key(text))
    if found is None:
        raise NotFoundError(f"There is no heading “{text}”.")
    into = heading_by_id(session, found.see_id or found.id)
    if into.id == heading.id:
        raise SameHeadingError
    return into
