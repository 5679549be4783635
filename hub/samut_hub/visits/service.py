"""Passages of gates enter the books, and the people whom their beams counted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from samut_hub.members.service import member_by_number
from samut_hub.visits.guests import pass_by_hash
from samut_hub.visits.models import GateCount, PeopleCount, Visit


@dataclass(frozen=True, slots=True)
class Passage:
    """One tap at a gate. `member` is empty when the card was not known; `reasons` are codes; `guest` is the hash of a
    guest pass."""

    device: str
    reader: str
    direction: str
    member: str
    allowed: bool
    reasons: tuple[str, ...]
    at: datetime
    guest: str = ""
    persons: int = 1


def record_passage(session: Session, passage: Passage) -> Visit:
    """Keep the passage; a member who was deleted meanwhile stays a passage without a name. Coming in uses a guest
    pass once more."""
    member = member_by_number(session, passage.member) if passage.member else None
    shown = pass_by_hash(session, passage.guest) if passage.guest else None
    if shown is not None and passage.allowed and passage.direction == "in":
        shown.used += 1
    visit = Visit(
        device=passage.device,
        reader=passage.reader,
        direction=passage.direction,
        member_id=member.id if member else None,
        member_type=member.type.code if member else None,
        member_group=member.group.name if member and member.group else None,
        member_level=member.education if member else None,
        allowed=passage.allowed,
        reasons=list(passage.reasons),
        at=passage.at,
        persons=passage.persons,
        guest_pass_id=shown.id if shown else None,
    )
    session.add(visit)
    return visit


def count_persons(session: Session, passed: GateCount, teacher: str) -> None:
    """Keep what the beams counted; `teacher` is the member number of whose class it was, if it was one."""
    member = member_by_number(session, teacher) if teacher else None
    passed.with_type = member.type.code if member else None
    passed.with_group = member.group.name if member and member.group else None
    session.add(passed)


def note_people(session: Session, people: int, by: str, reason: str, now: datetime) -> PeopleCount:
    """From now on the library's count begins with what staff counted."""
    row = PeopleCount(people=people, at=now, by=by, reason=reason)
    session.add(row)
    return row
