"""How the people of a library sign in."""

from collections.abc import Sequence

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from samut_hub.errors import RefusedError
from samut_hub.staff import providers, roles, second_step
from samut_hub.staff.forms import LineForm, SchoolForm, SecondStepForm
from samut_hub.staff.policy import Permission, Provider
from samut_hub.staff.providers import LINE_ISSUER, ProviderFields
from samut_hub.staff.web.blueprint import Page, pages
from samut_hub.staff.web.coming_in import seal
from samut_hub.web.elsewhere import RETURN
from samut_hub.web.forms import show
from samut_hub.web.hub import db, is_allowed, needs, staff, whole_address


@pages.route("/settings/sign-in", methods=["GET", "POST"])
@needs(Permission.EDIT_SIGN_IN)
def sign_in_settings() -> Page:
    form = SecondStepForm(roles=second_step.required_roles(db(), staff().library_id))
    form.offer(roles.own_roles(db()))
    if not form.accepts(lambda: _require(form.roles.data)):
        return show("staff/settings.html", form)
    flash(_("Saved. Who has no second step yet sets it up at the next sign-in."), "success")
    return redirect(url_for(".sign_in_settings"))


@pages.route("/settings/sign-in/school", methods=["GET", "POST"])
@needs(Permission.EDIT_SIGN_IN)
def school_settings() -> Page:
    row = providers.provider_of(db(), staff().library_id, Provider.SCHOOL)
    form = SchoolForm(obj=row)
    form.has_secret = row is not None
    if not form.accepts(lambda: _keep(Provider.SCHOOL, ProviderFields(**form.values()))):
        return show("staff/school.html", form, back=whole_address(RETURN))
    flash(_("Saved."), "success")
    return redirect(url_for(".sign_in_settings"))


@pages.route("/settings/sign-in/line", methods=["GET", "POST"])
@needs(Permission.EDIT_SIGN_IN)
def line_settings() -> Page:
    row = providers.provider_of(db(), staff().library_id, Provider.LINE)
    form = LineForm(obj=row)
    form.has_secret = row is not None
    if not form.accepts(lambda: _keep(Provider.LINE, ProviderFields(issuer=LINE_ISSUER, **form.values()))):
        return show("staff/line.html", form, back=whole_address(RETURN))
    flash(_("Saved."), "success")
    return redirect(url_for(".sign_in_settings"))


def _require(wanted: Sequence[str]) -> None:
    if not staff().is_administrator and set(second_step.required_roles(db(), staff().library_id)) - set(wanted):
        raise RefusedError(_("Only an administrator ends the second step of a role. Ask one to do it."))
    second_step.require_of(db(), staff().library_id, wanted)


def _keep(provider: Provider, fields: ProviderFields) -> None:
    """Whoever says which accounts are believed of staff could come in as an administrator; of members, as any of
    them, as with a password that was given."""
    row = providers.provider_of(db(), staff().library_id, provider)
    if not staff().is_administrator and (fields.for_staff or (row is not None and row.for_staff)):
        raise RefusedError(_("Only an administrator changes the accounts that staff sign in with. Ask one to do it."))
    if not is_allowed(Permission.GIVE_PASSWORDS) and (fields.for_members or (row is not None and row.for_members)):
        raise RefusedError(
            _("Only who may give passwords to members changes the accounts that members sign in with.")
        )
    providers.keep(db(), seal(), staff().library_id, provider, fields)
