"""Walking through the catalogue: headings, shelves, places, what is new and what is read most."""

from flask import abort, render_template, request
from flask_babel import lazy_gettext as _l

from samut_hub.catalogue import service
from samut_hub.catalogue.authorities.policy import HeadingKind
from samut_hub.opac import browsing, copies
from samut_hub.opac.popularity import MOST_POPULAR, popular_titles
from samut_hub.opac.web.blueprint import page_at, site
from samut_hub.web.hub import db

KINDS = {
    HeadingKind.PERSON: _l("Authors and persons"),
    HeadingKind.BODY: _l("Bodies"),
    HeadingKind.SUBJECT: _l("Subjects"),
    HeadingKind.PLACE: _l("Places as subjects"),
    HeadingKind.GENRE: _l("Genres"),
}
LETTERS = "กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮABCDEFGHIJKLMNOPQRSTUVWXYZ"

Titles = browsing.Stretch


@page_at("/browse")
def browse() -> str:
    own = site().library
    return render_template(
        "opac/browse.html",
        kinds=KINDS,
        places=[] if own is None else service.places(db()),
        categories=[] if own is None else service.categories(db()),
    )


@page_at("/browse/headings/<heading_kind>")
def headings(heading_kind: str) -> str:
    if heading_kind not in set(KINDS):
        abort(404)
    wanted, after = HeadingKind(heading_kind), request.args.get("after", type=int)
    text = request.args.get("from", "")[:100]
    found = (
        browsing.headings_from(db(), wanted, text) if after is None else browsing.headings_after(db(), wanted, after)
    )
    return render_template("opac/headings.html", kind=wanted, kinds=KINDS, found=found, text=text, letters=LETTERS)


@page_at("/browse/heading/<int:heading_id>")
def heading(heading_id: int) -> str:
    found = browsing.heading_by_id(db(), heading_id)
    used = found if found.see_id is None else browsing.heading_by_id(db(), found.see_id)
    titles = browsing.titles_under(db(), used.id, after=request.args.get("after", type=int))
    return _titles(
        "opac/heading.html",
        titles,
        heading=found,
        used=used,
        also=browsing.see_also(db(), [used.id]).get(used.id, ()),
    )


@page_at("/browse/shelf")
def shelf() -> str:
    after, before = (request.args.get(name, type=int) for name in ("after", "before"))
    number = request.args.get("from", "")[:100]
    if after is not None:
        titles = browsing.shelf_after(db(), after)
    elif before is not None:
        titles = browsing.shelf_before(db(), before)
    else:
        titles = browsing.shelf_from(db(), number)
    return _titles("opac/shelf.html", titles, number=number)


@page_at("/browse/new")
def newest() -> str:
    return _titles("opac/newest.html", browsing.newest(db(), after=request.args.get("after", type=int)))


@page_at("/browse/popular")
def popular() -> str:
    return _titles("opac/popular.html", Titles(popular_titles(db(), limit=MOST_POPULAR)))


def _titles(template: str, titles: Titles, **more: object) -> str:
    return render_template(
        template,
        titles=titles,
        stock=copies.stock_of(db(), [title.id for title in titles.titles]),
        materials={one.code: one for one in service.material_types(db())},
        **more,
    )
