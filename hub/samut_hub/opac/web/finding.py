"""Search: the results, the form with many lines, what is offered while one types."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from samut_hub.catalogue import service
from samut_hub.catalogue.forms import LANGUAGES
from samut_hub.catalogue.models import Category, Title
from samut_hub.catalogue.search import finding
from samut_hub.catalogue.search.criteria import Sort
from samut_hub.catalogue.search.highlight import marked
from samut_hub.catalogue.search.query import Node, parse
from samut_hub.opac import copies
from samut_hub.opac.asking import FIELDS, OF_ONE_LIBRARY, Asked, Row, asked_in
from samut_hub.opac.web.blueprint import page_at, site
from samut_hub.opac.web.naming import Names
from samut_hub.web.hub import db, the_hub

LAST_PAGE = 100
"""Nobody reads further; who wants more narrows the question."""
VALUES_SHOWN = 8
SUGGESTIONS = 8
EMPTY_ROWS = 4
SNIPPET = 160

FACET_NAMES = {
    "material": _l("Material"),
    "category": _l("Category"),
    "place": _l("Place"),
    "language": _l("Language"),
    "decade": _l("Years"),
    "library": _l("Library"),
    "author": _l("Author"),
    "subject": _l("Subject"),
}
FIELD_NAMES = {
    "": _l("Anywhere"),
    "title": _l("Title"),
    "author": _l("Author"),
    "subject": _l("Subject"),
    "publisher": _l("Publisher"),
    "series": _l("Series"),
    "call_number": _l("Call number"),
    "isbn": _l("ISBN or ISSN"),
    "accession": _l("Accession number"),
}
JOINT_NAMES = {"and": _l("and"), "or": _l("or"), "not": _l("but not")}
SORT_NAMES = {
    Sort.BEST: _l("Best match"),
    Sort.TITLE: _l("Title"),
    Sort.AUTHOR: _l("Author"),
    Sort.NEWEST: _l("Newest year"),
    Sort.OLDEST: _l("Oldest year"),
    Sort.LAST_ADDED: _l("Last added"),
}

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A title with what was asked for in it marked. `why` is shown where neither title nor author tells."""

    title: Title
    name: Pieces
    author: Pieces
    why: Pieces


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: choosing it leads to `address`, where it is chosen already that leads back."""

    name: str
    count: int
    address: str
    is_chosen: bool = False


@page_at("/find")
def find() -> str:
    asked, page = asked_in(request.args.to_dict(flat=False)), _page()
    found = find_titles(asked, page)
    ids = [title.id for title in found.titles]
    names = Names(site(), found.facets, asked)
    return render_template(
        "opac/find.html",
        asked=asked,
        found=found,
        page=page,
        pages=min(found.pages, LAST_PAGE),
        hits=_hits(found.titles, asked),
        stock=copies.stock_of(db(), ids),
        facets=list(_facets(asked, found.facets, names)),
        chosen=_chosen(asked, names),
        names=names,
        sorts=SORT_NAMES,
        fields=FIELD_NAMES,
        joints=JOINT_NAMES,
        address=lambda of: f"{url_for('.find')}?{of}",
    )


@page_at("/find/advanced")
def advanced() -> str:
    asked = asked_in(request.args.to_dict(flat=False))
    rows = ([Row("", asked.words)] if asked.words else []) + list(asked.rows)
    rows += [Row("", "")] * max(1, EMPTY_ROWS - len(rows))
    own = site().library
    return render_template(
        "opac/advanced.html",
        asked=asked,
        rows=rows,
        fields={name: FIELD_NAMES[name] for name in FIELDS},
        joints=JOINT_NAMES,
        sorts=SORT_NAMES,
        materials=service.material_types(db()),
        languages=LANGUAGES,
        categories=[] if own is None else _categories(),
        places=[] if own is None else service.places(db()),
    )


@page_at("/find/words")
def words() -> Response:
    """A fragment for the box one types in: titles, authors and subjects that contain these letters."""
    typed = request.args.get("q", "")[:100]
    filters = Asked().filters([one.id for one in site().shown], ())
    found = the_hub().titles.suggest(typed, filters=filters, limit=SUGGESTIONS) if typed.strip() else []
    answer = Response(render_template("opac/words.html", found=found, typed=typed))
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


def find_titles(asked: Asked, page: int, *, facets: bool = True) -> finding.Found:
    """What this site has of what was asked."""
    without = copies.without_free_copy(db()) if asked.is_available else ()
    filters = asked.filters([one.id for one in site().shown], without)
    return finding.find(
        db(), the_hub().titles, asked.question, filters=filters, sort=asked.sort, page=page, facets=facets
    )


def _page() -> int:
    return min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)


def _categories() -> Sequence[Category]:
    return db().query(Category).order_by(Category.position, Category.id).all()


def _hits(titles: Sequence[Title], asked: Asked) -> list[Hit]:
    question = parse(asked.words) if isinstance(asked.question, str) else asked.question
    return [_hit(title, question) for title in titles]


def _hit(title: Title, question: Node | None) -> Hit:
    name = marked(title.title, question, field="title")
    author = marked(title.author, question, field="author")
    is_told = not question or any(is_hit for _, is_hit in name + author)
    return Hit(title, name, author, [] if is_told else _why(title, question))


def _why(title: Title, question: Node | None) -> Pieces:
    """The first other text of the title that holds what was asked for, around where it does."""
    for field, text in (
        ("subject", title.subjects),
        ("series", title.series),
        ("publisher", title.publisher),
        ("", title.summary),
        ("", title.annotation),
    ):
        pieces = marked(text, question, field=field)
        first = next((place for place, (_, is_hit) in enumerate(pieces) if is_hit), None)
        if first is not None:
            return _around(pieces, first)
    return []


def _around(pieces: Pieces, first: int) -> Pieces:
    """A line of the text with the first place that was asked for in it."""
    before = "".join(text for text, _ in pieces[:first])
    found: Pieces = [("…" + before[-40:] if len(before) > 40 else before, False)]
    left = SNIPPET
    for text, is_hit in pieces[first:]:
        found.append((text[:left], is_hit))
        left -= len(text)
        if left <= 0:
            return [*found, ("…", False)]
    return found


def _facets(asked: Asked, facets: dict[str, list[tuple[str, int]]], names: Names) -> "list[tuple[str, list[Choice]]]":
    groups = []
    for facet, label in FACET_NAMES.items():
        if (facet in OF_ONE_LIBRARY and site().is_union) or (facet == "library" and not site().is_union):
            continue
        chosen = set(asked.chosen(facet))
        choices = [
            Choice(name, count, asked.with_one(facet, value).address_words())
            for value, count in facets.get(facet, ())
            if value and value not in chosen and (name := names.of(facet, value))
        ]
        if len(choices) + len(chosen) > 1 or (choices and not chosen):
            groups.append((str(label), choices[:VALUES_SHOWN]))
    return groups


def _chosen(asked: Asked, names: Names) -> list[Choice]:
    """What narrows now; each address takes it away."""
    return [
        Choice(names.of(facet, value), 0, asked.without_one(facet, value).address_words(), is_chosen=True)
        for facet, value in asked.narrowed
    ]
