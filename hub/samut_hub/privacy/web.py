"""How long a library keeps what tells of people."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.privacy import service
from samut_hub.privacy.forms import RetentionForm
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, staff

pages = Blueprint("privacy", __name__, template_folder="templates")


@pages.route("/settings/retention", methods=["GET", "POST"])
@needs(Permission.EDIT_RETENTION)
def retention() -> Response | tuple[str, int]:
    library_id = staff().library_id
    settings = service.settings_of(db(), library_id)
    form = RetentionForm(obj=settings)
    if not form.accepts(lambda: service.choose(db(), library_id, **form.values())):
        return show("privacy/retention.html", form, settings=settings)
    flash(_("Saved. The next night goes by it."), "success")
    return redirect(url_for(".retention"))
