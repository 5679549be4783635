"""A visitor's own list of titles, kept in the signed cookie of the browser: no sign-in, and nothing kept here."""

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from samut_hub.catalogue.service import material_types, titles_in_order
from samut_hub.opac import copies
from samut_hub.opac.web.blueprint import basket_ids, page_at, pages, site
from samut_hub.web.hub import db, own_address
from samut_hub.web.language import language

MOST = 100
"""A cookie holds four kilobytes."""


@page_at("/basket")
def basket() -> str:
    titles = titles_in_order(db(), basket_ids())
    return render_template(
        "opac/basket.html",
        titles=titles,
        stock=copies.stock_of(db(), [title.id for title in titles]),
        places=copies.place_names(db(), [one.id for one in site().shown], language()),
        materials={one.code: one for one in material_types(db())},
    )


@pages.post("/basket/add")
def add() -> Response:
    title_id, there = request.form.get("title_id", 0, type=int), basket_ids()
    if title_id > 0 and title_id not in there:
        session["basket"] = [*there, title_id][-MOST:]
    return _back()


@pages.post("/basket/remove")
def remove() -> Response:
    gone = request.form.get("title_id", 0, type=int)
    session["basket"] = [title_id for title_id in basket_ids() if title_id != gone]
    return _back()


@pages.post("/basket/clear")
def clear() -> Response:
    session.pop("basket", None)
    return _back()


def _back() -> Response:
    return redirect(own_address(request.form.get("next", "")) or url_for(".basket"))
