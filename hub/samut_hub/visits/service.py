"""Passages of gates enter the books."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from samut_hub.members.service import member_by_number
from samut_hub.visits.models import Visit


@dataclass(frozen=True, slots=True)
class Passage:
    """One tap at a gate. `member` is empty when the card was not known; `reasons` are codes."""

    device: str
    reader: str
    direction: str
    member: str
    allowed: bool
    reasons: tuple[str, ...]
    at: datetime


def record_passage(session: Session, passage: Passage) -> Visit:
    """Keep the passage; a member who was deleted meanwhile stays a passage without a name."""
    member = member_by_number(session, passage.member) if passage.member else None
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
    )
    session.add(visit)
    return visit
