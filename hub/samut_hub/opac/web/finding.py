"""Search: the results, the form with many lines, what is offered while one types."""

from dataclasses import replace

from flask import Response, render_template, request, url_for

from samut_hub.catalogue import service
from samut_hub.catalogue.forms import LANGUAGES
from samut_hub.catalogue.lending import Out
from samut_hub.catalogue.search import finding
from samut_hub.catalogue.search.index_format import ONLINE
from samut_hub.catalogue.searching.asking import FIELDS, OF_ONE_LIBRARY, Asked, asked_in, rows_to_fill
from samut_hub.catalogue.searching.hits import hits_of
from samut_hub.catalogue.searching.web.choices import choices_in, chosen_in
from samut_hub.catalogue.searching.web.naming import FIELD_NAMES, JOINT_NAMES, SORT_NAMES, Names
from samut_hub.catalogue.searching.web.out import out_now
from samut_hub.opac import copies
from samut_hub.opac.web.blueprint import page_at, site
from samut_hub.web.hub import db, the_hub
from samut_hub.web.paging import page_asked

LAST_PAGE = 100
"""Nobody reads further; who wants more narrows the question."""
SUGGESTIONS = 8


@page_at("/find")
def find() -> str:
    asked, page = asked_in(request.args.to_dict(flat=False)), page_asked(LAST_PAGE)
    found = find_titles(asked, page)
    ids = [title.id for title in found.titles]
    own, names, start = site().library, Names(site().libraries), url_for(".find")
    return render_template(
        "opac/find.html",
        asked=asked,
        found=found,
        is_out_known=not asked.is_available or out_now().is_whole,
        page=page,
        pages=min(found.pages, LAST_PAGE),
        hits=hits_of(found.titles, asked),
        stock=copies.stock_of(db(), ids),
        facets=choices_in(found.facets, asked, names, without=("library",) if own else OF_ONE_LIBRARY),
        chosen=chosen_in(asked, names),
        names=names,
        sorts=SORT_NAMES,
        fields=FIELD_NAMES,
        joints=JOINT_NAMES,
        address=lambda of: f"{start}?{of}",
    )


@page_at("/find/advanced")
def advanced() -> str:
    asked = asked_in(request.args.to_dict(flat=False))
    own = site().library
    return render_template(
        "opac/advanced.html",
        asked=asked,
        rows=rows_to_fill(asked),
        fields={name: FIELD_NAMES[name] for name in FIELDS},
        joints=JOINT_NAMES,
        sorts=SORT_NAMES,
        materials=service.material_types(db()),
        languages=LANGUAGES,
        categories=[] if own is None else service.categories(db()),
        places=[] if own is None else service.places(db()),
    )


@page_at("/find/words")
def words() -> Response:
    """A fragment for the box one types in: titles, authors and subjects that contain these letters."""
    typed = request.args.get("q", "")[:100]
    filters = Asked().filters(_looked_through(), ())
    found = the_hub().titles.suggest(typed, filters=filters, limit=SUGGESTIONS) if typed.strip() else []
    answer = Response(render_template("searching/words.html", found=found, page="opac.title"))
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


def find_titles(asked: Asked, page: int, *, facets: bool = True) -> finding.Found:
    """What this site has of what was asked. Categories and places of one library mean nothing on pages of all."""
    if site().is_union:
        asked = replace(asked, narrowed=tuple(pair for pair in asked.narrowed if pair[0] not in OF_ONE_LIBRARY))
    without = out_now() if asked.is_available else Out()
    filters = asked.filters(_looked_through(), without.title_ids)
    return finding.find(
        db(), the_hub().titles, asked.question, filters=filters, sort=asked.sort, page=page, facets=facets
    )


def _looked_through() -> list[int]:
    """The libraries of this site, and what everybody can open online."""
    return [*(one.id for one in site().shown), ONLINE]
