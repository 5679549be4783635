"""Searches that staff keep: save the present one, list them, take one away."""

from urllib.parse import parse_qs

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.searching import service
from samut_hub.catalogue.searching.asking import asked_in
from samut_hub.catalogue.searching.forms import LONGEST_NAME, SaveForm
from samut_hub.catalogue.searching.web.blueprint import pages
from samut_hub.errors import RefusedError
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now, staff


@pages.get("/searches")
@needs()
def saved() -> tuple[str, int]:
    """The list; with the words of a search in the address also the form that saves it."""
    asked = asked_in(request.args.to_dict(flat=False))
    name = " ".join([asked.words, *(row.words for row in asked.rows)]).strip()
    return _list(SaveForm(words=asked.address_words(), name=name[:LONGEST_NAME]))


@pages.post("/searches")
@needs()
def save() -> Response | tuple[str, int]:
    form = SaveForm()
    asked, name = asked_in(parse_qs(form.words.data or "")), (form.name.data or "").strip()

    def keep() -> None:
        if service.keeps_most(db(), staff().id):
            raise RefusedError(_("You keep %(count)s searches already. Remove one first.", count=service.MOST_SAVED))
        service.save_search(db(), staff().id, name, asked, now=now())

    if not form.accepts(keep):
        return _list(form)
    flash(_("The search is saved as “%(name)s”.", name=name), "success")
    return redirect(f"{url_for('catalogue.index')}?{asked.address_words()}")


@pages.post("/searches/<int:saved_id>/remove")
@needs()
def remove(saved_id: int) -> Response:
    name = service.remove_search(db(), staff().id, saved_id)
    flash(_("“%(name)s” is no longer among the saved searches.", name=name), "success")
    return redirect(url_for(".saved"))


def _list(form: SaveForm) -> tuple[str, int]:
    return show("searching/saved.html", form, saved=service.saved_searches(db(), staff().id))
