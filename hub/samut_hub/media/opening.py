"""Tells the catalogue which titles readers can open online. Every process that searches or writes loads it."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.opening import opens
from samut_hub.db import prepared
from samut_hub.media.models import Medium

_PUBLIC = prepared(
    select(Medium.title_id).where(Medium.title_id.in_(bindparam("titles", expanding=True)), Medium.is_public)
)


@opens
def with_public_medium(session: Session, title_ids: Sequence[int]) -> set[int]:
    """Those of these titles that have a file or link for everybody, whichever library put it there."""
    return set(session.scalars(_PUBLIC, {"titles": list(title_ids)}))
