"""Titles saved a moment ago, which the index does not hold yet: a very small index of their own in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import tantivy
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import TitleChange
from samut_hub.catalogue.search.documents import document, terms_of
from samut_hub.catalogue.search.facts import TitleFacts, facts_of
from samut_hub.catalogue.search.index_format import SCHEMA
from samut_hub.db import prepared

MOST = 25
"""Titles that people save within the second that the indexer needs; reading so many takes about 10 ms."""
_MEMORY = 15_000_000
_AWAITED = prepared(
    select(TitleChange.title_id)
    .where(TitleChange.id > bindparam("followed"), TitleChange.is_awaited)
    .order_by(TitleChange.id.desc())
    .limit(2 * MOST)
)


@dataclass(frozen=True)
class Recent:
    """`ids` are those of the titles that stand in `searcher` as they are now; the index may have them otherwise."""

    ids: tuple[int, ...]
    searcher: tantivy.Searcher


def recently_saved(session: Session, followed: int) -> Recent | None:
    """The last titles that people changed after the change `followed`, not those of a running import, however far
    the index is behind it.

    None where there are none, as nearly always.
    """
    ids = _changed(session, followed)
    if not ids:
        return None
    index = tantivy.Index(SCHEMA)
    writer = index.writer(_MEMORY, 1)
    for title in _facts(session, ids):
        writer.add_document(document(terms_of(title)))
    writer.commit()
    index.reload()
    return Recent(ids, index.searcher())


def _facts(session: Session, ids: Sequence[int]) -> list[TitleFacts]:
    """With the items of all libraries, whichever library's rows the session shows."""
    with Session(session.connection(), info={"library_id": None}) as everywhere:
        return facts_of(everywhere, ids)


def _changed(session: Session, followed: int) -> tuple[int, ...]:
    awaited = session.scalars(_AWAITED, {"followed": followed})
    return tuple(dict.fromkeys(awaited))[:MOST]
