"""Two entries of one person: found, compared, made into one, and parted again. No use case commits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, groupby
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.members.birth import same_birth
from samut_hub.members.cards import add_card, hash_of_card
from samut_hub.members.merging import rows
from samut_hub.members.merging.joining import count_anew
from samut_hub.members.merging.models import DistinctMembers, MemberMerge, MovedRow
from samut_hub.members.models import Card, CardKind, Group, Member, MemberType
from samut_hub.members.policy import is_national_id, phone_key
from samut_hub.members.service import sort_key
from samut_hub.rows import read, whole
from samut_wire.numbers import NATIONAL_ID_DIGITS

PAGE = 20
LISTED = 20
GIVEN = "given card"
"""In place of a table's name: the card by which the old number stays good."""
CHOSEN = (
    *("name_th", "name_en", "type_id", "group_id", "level", "school_year", "born", "expires_on", "phone", "email"),
    *("line_id", "facebook", "address", "guardian_name", "guardian_relation", "guardian_phone", "note", "blocked"),
)
"""Of these the librarian says whose is kept, where they differ."""


class NotMergeableError(Exception):
    """They are one and the same already."""


class NotUndoneError(Exception):
    """It was undone before, or the kept member went into another one since, or the number was given out anew."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A column in which two members differ; what only one says is kept."""

    name: str
    kept: Any
    other: Any

    @property
    def is_open(self) -> bool:
        """Whether it must be chosen."""
        return not _is_empty(self.kept) and not _is_empty(self.other)


@dataclass(frozen=True, slots=True)
class Alike:
    """Members who are probably one person: they have the name, and as far as known the birth, in common."""

    members: Sequence[Member]
    by_national_id: bool = False


def same_names(session: Session, after: bytes = b"") -> tuple[list[Alike], bytes]:
    """The next members of one name after this key, and the key to go on from; empty when there are no more."""
    wanted = select(Member.sort_name).where(Member.sort_name > after).group_by(Member.sort_name)
    keys = session.scalars(wanted.having(func.count() > 1).order_by(Member.sort_name).limit(PAGE)).all()
    named = session.scalars(
        select(Member).where(Member.sort_name.in_(keys)).order_by(Member.sort_name, Member.id).limit(PAGE * PAGE)
    )
    people = [list(group) for _, group in groupby(named, key=lambda one: one.sort_name)]
    apart = _apart(session, [one.id for group in people for one in group])
    found = [Alike(same) for group in people if (same := _same(group, apart))]
    return found, keys[-1] if len(keys) == PAGE else b""


def same_national_ids(session: Session, key: bytes) -> list[Alike]:
    """Members whose number is the national ID on the card of another. `key` is the library's card key."""
    numbered = select(Member.number, Member.id).where(func.length(Member.number) == NATIONAL_ID_DIGITS)
    hashes = {
        hash_of_card(key, CardKind.NATIONAL_ID, number): member_id
        for number, member_id in session.execute(numbered)
        if is_national_id(number)
    }
    held = select(Card.hash, Card.member_id).where(Card.kind == CardKind.NATIONAL_ID)
    pairs = [
        (hashes[digest], holder)
        for digest, holder in (session.execute(held) if hashes else ())
        if hashes.get(digest, holder) != holder
    ]
    ids = {one for pair in pairs for one in pair}
    known = {one.id: one for one in session.scalars(select(Member).where(Member.id.in_(ids)))} if ids else {}
    return [Alike([known[one] for one in pair], by_national_id=True) for pair in pairs[:PAGE]]


def keep_apart(session: Session, member_ids: Sequence[int], *, staff_id: int | None, now: datetime) -> None:
    """These are not the same: they are not shown as duplicates again."""
    found = session.scalars(select(Member.id).where(Member.id.in_(member_ids)).order_by(Member.id)).all()
    for pair in combinations(found, 2):
        if session.get(DistinctMembers, pair) is None:
            session.add(DistinctMembers(one_id=pair[0], other_id=pair[1], at=now, staff_id=staff_id))


def differences(kept: Member, other: Member) -> list[Difference]:
    """In which columns they differ, those of them that are chosen."""
    found = (Difference(name, getattr(kept, name), getattr(other, name)) for name in CHOSEN)
    return [one for one in found if one.kept != one.other]


def latest_merges(session: Session) -> Sequence[MemberMerge]:
    return session.scalars(select(MemberMerge).order_by(MemberMerge.id.desc()).limit(LISTED)).all()


def merge_by_id(session: Session, merge_id: int) -> MemberMerge:
    """Raises NotFoundError."""
    found = session.get(MemberMerge, merge_id)
    if found is None:
        raise NotFoundError(f"There is no merge {merge_id} of members in this library.")
    return found


def merge(
    session: Session,
    kept: Member,
    other: Member,
    *,
    takes: Mapping[str, bool],
    key: bytes,
    staff_id: int | None,
    now: datetime,
) -> MemberMerge:
    """Make one of two members. Raises NotMergeableError.

    `takes` says of columns that differ whether the other's value is kept. The number of the one who goes stays good:
    it becomes a card of the kept member. `key` is the library's card key.
    """
    if kept.id == other.id:
        raise NotMergeableError
    for one_id in sorted((kept.id, other.id)):
        _locked(session, one_id)
    wanted, before = dict(_taken(kept, other, takes)), whole(kept)
    done = MemberMerge(
        from_id=other.id, into_id=kept.id, number=other.number, name=other.name_th, at=now, staff_id=staff_id,
        from_row=whole(other), into_before={name: before[name] for name in wanted}, into_after={},
    )  # fmt: skip
    session.add(done)
    session.flush()
    rows.move(session, done)
    session.expire(other)
    session.delete(other)
    session.flush()
    for name, value in wanted.items():
        setattr(kept, name, value)
    _follow(kept, now)
    after = whole(kept)
    done.into_after = {name: after[name] for name in wanted}
    session.expire(kept, ["cards"])
    _give_old_number(session, kept, done, key, now)
    count_anew(session, kept)
    return done


def undo(session: Session, done: MemberMerge, *, now: datetime) -> None:
    """Part the two again. Raises NotUndoneError.

    What was written about the kept member since stays with that one, and so does a column that was changed since.
    """
    kept = session.get(Member, done.into_id)
    is_taken = session.scalar(select(Member.id).where(Member.number == done.number).limit(1)) is not None
    if done.undone_at is not None or kept is None or is_taken:
        raise NotUndoneError
    kept = _locked(session, kept.id)
    _take_old_number(session, done)
    other = _restored(session, done)
    rows.move_back(session, done)
    now_said = whole(kept)
    for name, value in read(Member.__table__.columns, done.into_before).items():
        if now_said[name] == done.into_after.get(name):
            setattr(kept, name, value)
    for one in (kept, other):
        session.expire(one, ["cards"])
        _follow(one, now)
        count_anew(session, one)
    done.undone_at = now


def _locked(session: Session, member_id: int) -> Member:
    found = select(Member).where(Member.id == member_id).with_for_update(of=Member)
    return session.scalars(found.execution_options(populate_existing=True)).one()


def _taken(kept: Member, other: Member, takes: Mapping[str, bool]) -> Iterator[tuple[str, Any]]:
    """What changes of the kept member: what was chosen, and what only the other says."""
    for one in differences(kept, other):
        if takes.get(one.name, False) if one.is_open else _is_empty(one.kept):
            yield one.name, one.other
    if other.joined_on < kept.joined_on:
        yield "joined_on", other.joined_on
    if other.card_lost and not kept.card_lost:
        yield "card_lost", True
    if other.suspended_until is not None and (kept.suspended_until or other.suspended_until) <= other.suspended_until:
        yield "suspended_until", other.suspended_until
    if other.has_photo and not kept.has_photo:
        yield from (("photo", other.photo), ("has_photo", True))


def _follow(member: Member, now: datetime) -> None:
    """What follows from the other columns."""
    member.sort_name, member.phone_key, member.changed_at = sort_key(member.name_th), phone_key(member.phone), now


def _give_old_number(session: Session, kept: Member, done: MemberMerge, key: bytes, now: datetime) -> None:
    """Cards in use say it. It goes again when the merge is undone."""
    digest = hash_of_card(key, CardKind.BARCODE, done.number)
    if session.scalar(select(Card.id).where(Card.hash == digest)) is None:
        card = add_card(session, kept, key=key, kind=CardKind.BARCODE, value=done.number, now=now)
        session.add(MovedRow(merge_id=done.id, table=GIVEN, column="", key={"id": card.id}))
        session.flush()


def _take_old_number(session: Session, done: MemberMerge) -> None:
    given = select(MovedRow).where(MovedRow.merge_id == done.id, MovedRow.table == GIVEN)
    for row in session.scalars(given).all():
        card = session.get(Card, row.key["id"])
        if card is not None and card.member_id == done.into_id:
            session.delete(card)
        session.delete(row)
    session.flush()


def _restored(session: Session, done: MemberMerge) -> Member:
    """The member's row again, with the id it had unless another has it by now."""
    row = _still_there(session, read(Member.__table__.columns, done.from_row))
    if session.get(Member, row["id"]) is not None:
        del row["id"]
    done.from_id = session.execute(insert(Member).values(row).returning(Member.id)).scalar_one()
    return session.get_one(Member, done.from_id)


def _still_there(session: Session, row: dict[str, Any]) -> dict[str, Any]:
    """The class and type may be gone since; a type must be, so any one takes its place."""
    if row["group_id"] is not None and session.get(Group, row["group_id"]) is None:
        row["group_id"] = None
    if session.get(MemberType, row["type_id"]) is None:
        row["type_id"] = session.scalars(select(MemberType.id).limit(1)).one()
    return row


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _apart(session: Session, ids: Sequence[int]) -> set[tuple[int, int]]:
    wanted = select(DistinctMembers.one_id, DistinctMembers.other_id).where(DistinctMembers.one_id.in_(ids))
    return {(one, other) for one, other in session.execute(wanted)} if ids else set()


def _same(people: Sequence[Member], apart: set[tuple[int, int]]) -> list[Member]:
    """Those who may be one with another of them, as far as their births tell."""
    pairs = (
        pair
        for pair in combinations(people, 2)
        if same_birth(pair[0].born, pair[1].born) and (pair[0].id, pair[1].id) not in apart
    )
    found = {one.id for pair in pairs for one in pair}
    return [one for one in people if one.id in found]
