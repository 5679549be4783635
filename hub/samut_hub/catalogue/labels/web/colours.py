"""The colours of the Dewey classes on this library's spine labels."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.catalogue.labels import keeping
from samut_hub.catalogue.labels.colours import PALETTES, Palette
from samut_hub.catalogue.labels.forms import PALETTE_NAMES, ColoursForm
from samut_hub.catalogue.labels.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs


@pages.route("/colours", methods=["GET", "POST"])
@needs(Permission.PRINT_LABELS)
def colours() -> Redirect | tuple[str, int]:
    """`palette` in the address fills in one of the ready sets; nothing is kept until it is saved."""
    wanted = request.args.get("palette", "")
    shown = PALETTES[Palette(wanted)] if wanted in set(Palette) else keeping.settings_of(db()).class_colours
    form = ColoursForm(data={"colours": list(shown)})
    if not form.accepts(lambda: keeping.keep_colours(db(), [colour.lower() for colour in form.colours.data])):
        return show("labels/colours.html", form, palettes=PALETTES, names=PALETTE_NAMES)
    flash(_("The colours are saved. They are used from the next labels on."), "success")
    return redirect(url_for(".colours"))
