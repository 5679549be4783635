"""Titles as lists of what was found show them: without what only their own pages need, which takes half the time."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import MaterialType, Title
from samut_hub.db import prepared


@dataclass(frozen=True, slots=True)
class Listed:
    """Columns of `Title` that a list shows, or that tell why the title was found."""

    id: int
    title: str
    author: str
    subjects: str
    series: str
    publisher: str
    year: int | None
    call_number: str
    material: str
    cover: str
    summary: str
    annotation: str
    source: str


_LISTED = prepared(
    select(*(getattr(Title, field.name) for field in fields(Listed))).where(
        Title.id.in_(bindparam("titles", expanding=True))
    )
)

_MATERIALS = prepared(select(MaterialType.code, MaterialType.name_th, MaterialType.name_en))


def listed(session: Session, title_ids: Sequence[int]) -> list[Listed]:
    """These titles, in this order; those that are gone are left out."""
    if not title_ids:
        return []
    found = {row[0]: Listed(*row) for row in session.execute(_LISTED, {"titles": list(title_ids)})}
    return [found[title_id] for title_id in title_ids if title_id in found]


def material_names(session: Session, language: str) -> dict[str, str]:
    """Of all kinds of material, by their codes."""
    return {code: thai if language == "th" else english for code, thai, english in session.execute(_MATERIALS)}
