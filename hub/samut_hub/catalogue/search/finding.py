"""Lists of titles: what was searched for, or what came last."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.listed import Listed, listed
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.naming import items_named
from samut_hub.catalogue.policy import match_key, normal_number, number_fault
from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.search.answering import DEEPEST, Request, answer, request_for
from samut_hub.catalogue.search.criteria import EVERYTHING, MOST_COUNTED, MOST_EXACT, Facets, Filters, Hits, Sort
from samut_hub.catalogue.search.index import TitleIndex
from samut_hub.catalogue.search.query import Node
from samut_hub.catalogue.search.recent import MOST, recently_saved

PAGE = 20
LAST_PAGE = DEEPEST // PAGE
_FEW = 3
"""Up to so many titles found, another spelling is offered."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of titles, and how many there are on all pages.

    `facets` as in `criteria.FACETS`. `instead` is a question that finds more, where this one found little.
    """

    titles: Sequence[Listed]
    total: int
    facets: Facets = field(default_factory=dict)
    instead: str = ""

    @property
    def is_estimate(self) -> bool:
        """Whether the facets' counts are."""
        return self.total > MOST_COUNTED

    @property
    def is_about(self) -> bool:
        """Whether `total` is an estimate too."""
        return self.total > MOST_EXACT

    @property
    def pages(self) -> int:
        return min(max(1, -(-self.total // PAGE)), LAST_PAGE)


def find(
    session: Session,
    index: TitleIndex,
    question: str | Node | None,
    *,
    filters: Filters = EVERYTHING,
    sort: Sort = Sort.BEST,
    page: int = 1,
    facets: bool = False,
) -> Found:
    """Titles that fit the question and the filters; without a question all that fit, the last added first.

    With `facets` also by what one may go on: how many have what, and another spelling where little was found.
    Titles that people saved a moment ago come before those that the index holds.
    """
    request = request_for(question)
    if request is None:
        return Found((), 0)
    offset = (max(page, 1) - 1) * PAGE
    hits = _hits(
        session, index, replace(request, filters=filters, sort=sort, offset=offset, limit=PAGE, facets=facets)
    )
    ids = list(dict.fromkeys([*_by_number(session, question, filters), *hits.ids] if page <= 1 else hits.ids))
    more = len(ids) - len(hits.ids)
    total, instead = hits.total + more, ""
    if facets and isinstance(question, str) and total <= _FEW:
        instead = index.did_you_mean(question, filters=Filters(libraries=filters.libraries))
    return Found(listed(session, ids), total, hits.facets, instead)


def titles_with_isbn(session: Session, isbn: str) -> Sequence[Title]:
    """A few titles that have this number already; asked before a title is added."""
    return session.scalars(select(Title).where(Title.isbn == isbn, Title.isbn != "").limit(5)).all()


def _hits(session: Session, index: TitleIndex, request: Request) -> Hits:
    recent = recently_saved(session, index.followed)
    if recent is None:
        return index.answer(request)
    first = answer(recent.searcher, replace(request, offset=0, limit=MOST))
    here = first.ids[request.offset : request.offset + PAGE]
    rest = replace(
        request,
        filters=replace(request.filters, without=[*request.filters.without, *recent.ids]),
        offset=max(0, request.offset - len(first.ids)),
        limit=PAGE - len(here),
    )
    then = index.answer(rest)
    return Hits(first.total + then.total, (*here, *then.ids[: rest.limit]), _added(first.facets, then.facets))


def _added(some: Facets, others: Facets) -> Facets:
    names = dict.fromkeys([*some, *others])
    return {
        name: (Counter(dict(some.get(name, ()))) + Counter(dict(others.get(name, ())))).most_common()
        for name in names
    }


def _by_number(session: Session, question: str | Node | None, filters: Filters) -> Sequence[int]:
    """Titles with this ISBN, or of the library's item with this accession number or bar code.

    Not where anything but libraries narrows the search: the index knows what fits that.
    """
    if not isinstance(question, str) or filters != Filters(libraries=filters.libraries):
        return ()
    isbn = isbn13(question)
    if isbn and len(question.split()) == 1:
        with_isbn = session.scalars(select(Title.id).where(Title.isbn == isbn).limit(PAGE)).all()
        return _held(session, with_isbn, filters.libraries)
    number = normal_number(question)
    if number_fault(number, shortest=1) is not None or not any(character.isdigit() for character in number):
        return ()
    key = match_key(number)
    with_it = items_named(session, accessions=(key,), barcodes=(key,))
    return _held(session, list(dict.fromkeys(one.title_id for one in with_it)), filters.libraries)


def _held(session: Session, title_ids: Sequence[int], libraries: Sequence[int]) -> Sequence[int]:
    """Those of which one of these libraries has an item that the session sees; without libraries all."""
    if not (title_ids and libraries):
        return title_ids
    wanted = select(Item.title_id).where(Item.title_id.in_(title_ids), Item.library_id.in_(libraries))
    held = set(session.scalars(wanted))
    return [title_id for title_id in title_ids if title_id in held]
