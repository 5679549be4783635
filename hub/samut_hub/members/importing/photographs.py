"""Photographs of an archive given to their members."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, undefer

from samut_hub.members.cards import hash_of_card
from samut_hub.members.importing.models import ImportedMember, MemberImport, RefusedRow
from samut_hub.members.importing.pictures import Picture
from samut_hub.members.importing.policy import Action, Refusal, Verdict
from samut_hub.members.importing.service import going
from samut_hub.members.importing.undoing import PHOTO
from samut_hub.members.models import Card, CardKind, Member
from samut_hub.members.policy import is_national_id
from samut_wire.numbers import member_number


@dataclass(slots=True)
class Shown:
    """What becomes of one picture, and whose it is."""

    picture: Picture
    verdict: Verdict
    member: Member | None = None
    reason: str = ""


@dataclass
class Seen:
    """Members who have had their picture of this archive."""

    places: dict[int, int] = field(default_factory=dict)


def judge(session: Session, run: MemberImport, some: Sequence[Picture], key: bytes, seen: Seen) -> list[Shown]:
    """What becomes of each; `key` is the library's, for pictures named by national IDs."""
    owners = _owners(session, some, key)
    return [_judged(run, one, owners.get(one.stem), seen) for one in some]


def take_in(
    session: Session, import_id: int, some: Sequence[Picture], key: bytes, seen: Seen, *, now: datetime
) -> None:
    """Give these their members, and note that it was done. Raises UndoneError."""
    run = going(session, import_id)
    found = [one for one in judge(session, run, some, key, seen) if one.picture.position > run.position]
    ids = [one.member.id for one in found if one.member is not None]
    photos = select(Member).where(Member.id.in_(ids)).options(undefer(Member.photo))
    session.scalars(photos.execution_options(populate_existing=True)).all()
    counts = Counter(_given(session, run, one, now) for one in found)
    run.updated += counts[Verdict.UPDATED] + counts[Verdict.NEW]
    run.unchanged += counts[Verdict.SAME] + counts[Verdict.KNOWN]
    run.refused += counts[Verdict.REFUSED]
    told = [_refused(run, one) for one in found if one.reason]
    if told:
        session.execute(insert(RefusedRow), told)
    run.position = max(run.position, some[-1].position)


def _owners(session: Session, some: Sequence[Picture], key: bytes) -> dict[str, Member]:
    """By the names of the pictures: a member number, or a national ID that is a member's."""
    numbers = {member_number(one.stem): one.stem for one in some}
    found = {numbers[one.number]: one for one in session.scalars(select(Member).where(Member.number.in_(numbers)))}
    hashes = {
        hash_of_card(key, CardKind.NATIONAL_ID, number): stem
        for number, stem in numbers.items()
        if stem not in found and is_national_id(number)
    }
    if hashes:
        held = select(Card.hash, Member).join(Card.member).where(Card.hash.in_(hashes), Card.active)
        found |= {hashes[digest]: member for digest, member in session.execute(held)}
    return found


def _judged(run: MemberImport, one: Picture, member: Member | None, seen: Seen) -> Shown:
    if one.reason:
        return Shown(one, Verdict.REFUSED, member, one.reason)
    if member is None:
        return Shown(one, Verdict.REFUSED, None, Refusal.NOT_A_MEMBER.value)
    if seen.places.setdefault(member.id, one.position) != one.position:
        return Shown(one, Verdict.REFUSED, member, Refusal.REPEATED.value)
    if not member.has_photo:
        return Shown(one, Verdict.NEW, member)
    return Shown(one, Verdict.KNOWN if run.action == Action.SKIP else Verdict.UPDATED, member)


def _given(session: Session, run: MemberImport, one: Shown, now: datetime) -> Verdict:
    member = one.member
    if member is None or one.verdict not in (Verdict.NEW, Verdict.UPDATED):
        return one.verdict
    before, digest = member.photo, sha256(one.picture.jpeg).hexdigest()
    former = sha256(before).hexdigest() if before else ""
    if former == digest:
        return Verdict.SAME
    session.add(
        ImportedMember(
            import_id=run.id, member_id=member.id, position=one.picture.position, added=False, at=now,
            before={PHOTO: former}, after={PHOTO: digest}, photo_before=before,
        )
    )  # fmt: skip
    member.photo, member.has_photo, member.changed_at = one.picture.jpeg, True, now
    return one.verdict


def _refused(run: MemberImport, one: Shown) -> dict[str, Any]:
    return {
        "library_id": run.library_id,
        "import_id": run.id,
        "position": one.picture.position,
        "reason": one.reason,
        "detail": one.picture.name.replace("\0", "")[-200:],
        "row": b"",
    }
