"""The SRU door: a query is parsed, asked of the search index and answered, by the rules of `sru`."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.search import query as q
from samut_hub.catalogue.search.index import DEEPEST, TitleIndex
from samut_hub.catalogue.serving import sru
from samut_hub.catalogue.serving.asking import tree_of
from samut_hub.catalogue.serving.cql import Diagnostic, SruError, parse
from samut_hub.catalogue.serving.harvest import all_sets
from samut_hub.catalogue.serving.markup import MIMETYPE
from samut_hub.web.hub import the_hub


def answer_searcher() -> Response:
    """The answer to one request, which is a document with status 200, diagnostics too."""
    given = request.args.to_dict()
    try:
        text = _explain() if sru.is_explain(given) else _search(sru.search_of(given))
    except SruError as error:
        is_search = "query" in given or given.get("operation") == "searchRetrieve"
        text = sru.refused_answer(error, is_search=is_search)
    return Response(text, mimetype=MIMETYPE)


def _explain() -> str:
    parts = urlsplit(the_hub().config.url)
    with the_hub().database.session(None, writes=False) as session:
        name = ", ".join(library.name_en or library.name_th for library in all_sets(session))
    port = parts.port or (443 if parts.scheme == "https" else 80)
    database = url_for(".sru").removeprefix("/")
    return sru.explain_answer(host=parts.hostname or "", port=port, database=database, name=name or "Samut")


def _search(search: sru.Search) -> str:
    tree = tree_of(parse(search.query))
    total, ids = _window(the_hub().titles, tree, search)
    if search.start > max(total, 1) or (search.start > DEEPEST - sru.MOST_RECORDS):
        raise SruError(Diagnostic.OUT_OF_RANGE, str(search.start))
    with the_hub().database.session(None, writes=False) as session:
        return sru.found_answer(search, sru.Page(_titles(session, ids), total))


def _window(index: TitleIndex, tree: q.Node, search: sru.Search) -> tuple[int, Sequence[int]]:
    """The index gives whole pages: any stretch of hits lies in two of them."""
    size, before = max(search.count, 1), search.start - 1
    page, skipped = divmod(before, size)
    hits = index.search(tree, page=page + 1, per_page=size)
    ids = hits.ids
    if skipped and len(ids) == size:
        ids += index.search(tree, page=page + 2, per_page=size).ids
    return hits.total, ids[skipped : skipped + search.count]


def _titles(session: Session, ids: Sequence[int]) -> list[Title]:
    wanted = select(Title).where(Title.id.in_(ids)).options(undefer(Title.marc))
    found = {title.id: title for title in session.scalars(wanted)}
    return [found[number] for number in ids if number in found]
