"""How the library takes money, and its own kinds of charges."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.charges import kinds
from samut_hub.charges.forms import OwnKindForm, SettingsForm
from samut_hub.charges.models import OwnChargeKind
from samut_hub.charges.numbering import YearBegunError, change_year, settings_of
from samut_hub.charges.policy import YearKind
from samut_hub.charges.promptpay import account_of
from samut_hub.charges.web.blueprint import pages
from samut_hub.errors import RefusedError
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now

Answer = str | Response | tuple[str, int]


@pages.route("/settings", methods=["GET", "POST"])
@needs(Permission.EDIT_CHARGES)
def settings() -> Answer:
    form = SettingsForm(obj=settings_of(db(), library().id))
    if not form.accepts(lambda: _keep(form)):
        return show("charges/settings.html", form)
    flash(_("Saved."), "success")
    return redirect(url_for("libraries.settings"))


@pages.route("/kinds", methods=["GET", "POST"])
@needs(Permission.EDIT_CHARGES)
def kind_list() -> Answer:
    form = OwnKindForm()
    if not form.accepts(lambda: _save(OwnChargeKind(library_id=library().id), form)):
        return show("charges/kinds.html", form, kinds=kinds.own_kinds(db()))
    return redirect(url_for(".kind_list"))


@pages.route("/kinds/<int:own_kind_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_CHARGES)
def edit_kind(own_kind_id: int) -> Answer:
    kind = kinds.own_kind_by_id(db(), own_kind_id)
    form = OwnKindForm(obj=kind)
    if not form.accepts(lambda: _save(kind, form)):
        return show("charges/kind_edit.html", form, kind=kind)
    flash(_("Saved."), "success")
    return redirect(url_for(".kind_list"))


def _keep(form: SettingsForm) -> None:
    try:
        change_year(db(), library().id, YearKind(form.year.data), now())
    except YearBegunError:
        said = _(
            "Receipts of the year that would be counted now were written before. Change it when a new year begins."
        )
        raise RefusedError(said) from None
    own = settings_of(db(), library().id)
    own.promptpay, own.promptpay_name = account_of(form.promptpay.data), form.promptpay_name.data


def _save(kind: OwnChargeKind, form: OwnKindForm) -> None:
    try:
        kinds.save_own_kind(db(), kind, form.fields())
    except kinds.NameTakenError:
        raise RefusedError(_("There is a kind of charge with this name already.")) from None
