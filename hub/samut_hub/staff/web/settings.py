"""How the people of a library sign in."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from samut_hub.staff import roles, second_step
from samut_hub.staff.forms import SecondStepForm
from samut_hub.staff.policy import Permission
from samut_hub.staff.web.blueprint import Page, pages
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, staff


@pages.route("/settings/sign-in", methods=["GET", "POST"])
@needs(Permission.EDIT_SIGN_IN)
def sign_in_settings() -> Page:
    form = SecondStepForm(roles=second_step.required_roles(db(), staff().library_id))
    form.offer(roles.own_roles(db()))
    if not form.accepts(lambda: second_step.require_of(db(), staff().library_id, form.roles.data)):
        return show("staff/settings.html", form)
    flash(_("Saved. Who has no second step yet sets it up at the next sign-in."), "success")
    return redirect(url_for(".sign_in_settings"))
