"""A visitor's own list of titles, kept in the signed cookie of the browser: no sign-in, and nothing kept here."""

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.service import material_types, place_names, titles_in_order
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
        places=place_names(db(), language(), [one.id for one in site().shown]),
        materials={one.code: one for one in material_types(db())},
    )


@pages.post("/basket/add")
def add() -> Response:
    title_id, there = request.form.get("title_id", 0, type=int), basket_ids()
    if title_id > 0 and title_id not in there:
        if len(there) < MOST:
            session["basket"] = [*there, title_id]
        else:
            flash(_("Your list is full: it takes %(most)s titles. Take one off first.", most=MOST), "warning")
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
