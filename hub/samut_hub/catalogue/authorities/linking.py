"""Headings of titles: found in their records, kept in rows that titles share. Called wherever titles are written."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from pymarc import Field, Record
from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from samut_hub.bulk import insert_rows, is_postgresql
from samut_hub.catalogue.authorities.models import Heading, TitleHeading
from samut_hub.catalogue.authorities.policy import LONGEST, NAME_TAGS, TAGS, HeadingKind, heading_key
from samut_hub.catalogue.records.marc import in_thai, name_of, subject_text
from samut_hub.members.service import sort_key

__all__ = ["HeadingKind", "Headings", "Variant", "heading_key", "headings_of", "link_headings", "variants_of"]

Headings = Sequence[tuple[HeadingKind, str]]
Key = tuple[str, str]
"""Kind and key of a heading."""
_MOST_KEYS = 10_000
"""In one statement: both databases take at least 32,000 values."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The same name in other letters, as a record with linked 880 fields gives it."""

    kind: HeadingKind
    used: str
    other: str


def headings_of(record: Record) -> list[tuple[HeadingKind, str]]:
    """The headings of a record in the form that is shown, once each, without dates, roles and subdivisions."""
    found = ((TAGS[field.tag], heading_text(in_thai(field, record))) for field in heading_fields(record))
    return list(dict.fromkeys((kind, text) for kind, text in found if text))


def variants_of(record: Record) -> list[Variant]:
    """Forms in other letters of the headings that have one."""
    return list(dict.fromkeys(_variants(record)))


def heading_fields(record: Record) -> Iterator[Field]:
    """The fields that name a heading; an added entry for a work ($t) is none of its author's."""
    for field in record.fields:
        if field.tag in TAGS and not (field.tag[0] in "17" and "t" in field):
            yield field


def heading_text(field: Field) -> str:
    """What of the field is the heading."""
    tag = field.tag if field.tag != "880" else (field.get("6") or "")[:3]
    text = name_of(field) if tag in NAME_TAGS else subject_text(field).partition(" -- ")[0]
    return text[:LONGEST].strip()


def link_headings(
    session: Session, headings: Mapping[int, Headings], *, now: datetime, variants: Sequence[Variant] = ()
) -> None:
    """Let these titles stand under these headings and no others; headings that are new are made.

    A form that is not used leads to the one that is. Safe beside another transaction that makes the same headings.
    """
    keyed = {title_id: _by_key(of_title) for title_id, of_title in headings.items()}
    texts = {key: text for of_title in keyed.values() for key, text in of_title.items()}
    ids = _ids_of(session, texts, now)
    session.execute(delete(TitleHeading).where(TitleHeading.title_id.in_(keyed)))
    rows = {(title_id, ids[key]) for title_id, of_title in keyed.items() for key in of_title}
    if rows:
        links = [{"title_id": title_id, "heading_id": heading_id} for title_id, heading_id in sorted(rows)]
        insert_rows(session, insert(TitleHeading), links)
    if variants:
        _refer(session, variants, ids, now)


def see_from(session: Session, forms: Mapping[Key, tuple[str, int]], *, now: datetime) -> None:
    """Let forms (texts, each with the heading to use) refer to headings; a form that has a row is left as it is."""
    rows = [{**_row(key, text, now), "see_id": see_id} for key, (text, see_id) in sorted(forms.items())]
    if rows:
        insert_rows(session, _insert_new(session), rows)


def _variants(record: Record) -> Iterator[Variant]:
    for field in heading_fields(record):
        shown = in_thai(field, record)
        if shown is not field:
            used, other = heading_text(shown), heading_text(field)
            if used and other:
                yield Variant(TAGS[field.tag], used, other)


def _by_key(headings: Headings) -> dict[Key, str]:
    keyed = (((kind.value, heading_key(text)), text[:LONGEST]) for kind, text in headings)
    return {key: text for key, text in keyed if key[1]}


def _ids_of(session: Session, texts: Mapping[Key, str], now: datetime) -> dict[Key, int]:
    """The headings to use for these keys. New ones are written in one order everywhere, so no two writers embrace."""
    ids = _known(session, texts)
    new = [_row(key, texts[key], now) for key in sorted(texts.keys() - ids)]
    if new:
        made = _insert_new(session).returning(Heading.kind, Heading.key, Heading.id)
        ids |= {(kind, key): heading_id for kind, key, heading_id in insert_rows(session, made, new)}
    made_by_others = texts.keys() - ids
    return ids | _known(session, made_by_others) if made_by_others else ids


def _known(session: Session, keys: Collection[Key]) -> dict[Key, int]:
    ids: dict[Key, int] = {}
    for kind in HeadingKind:
        of_kind = (key for its_kind, key in keys if its_kind == kind)
        while some := list(islice(of_kind, _MOST_KEYS)):
            wanted = select(Heading.key, Heading.see_id, Heading.id).where(
                Heading.kind == kind, Heading.key.in_(some)
            )
            ids |= {(kind.value, key): see_id or heading_id for key, see_id, heading_id in session.execute(wanted)}
    return ids


def _refer(session: Session, variants: Sequence[Variant], ids: Mapping[Key, int], now: datetime) -> None:
    forms = {}
    for one in variants:
        used, other = (one.kind.value, heading_key(one.used)), (one.kind.value, heading_key(one.other))
        if other[1] and other not in ids and used in ids:
            forms[other] = (one.other[:LONGEST], ids[used])
    see_from(session, forms, now=now)


def _row(key: Key, text: str, now: datetime) -> dict[str, object]:
    return {"kind": key[0], "key": key[1], "text": text, "sort_key": sort_key(text), "changed_at": now}


def _insert_new(session: Session) -> postgresql.Insert | sqlite.Insert:
    if is_postgresql(session.connection()):
        return postgresql.insert(Heading).on_conflict_do_nothing(index_elements=["kind", "key"])
    return sqlite.insert(Heading).on_conflict_do_nothing(index_elements=["kind", "key"])
