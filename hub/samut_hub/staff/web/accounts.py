"""The accounts of the library's staff."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.staff import roles, second_step, service
from samut_hub.staff.attempts import hash_in_turn
from samut_hub.staff.forms import AccountForm, NewAccountForm, NewPasswordForm, RightsForm
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Permission, Role, rights_from
from samut_hub.staff.web.blueprint import Page, in_words, pages
from samut_hub.staff.words import RIGHT_GROUPS, role_name
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, staff


@pages.get("/staff")
@needs(Permission.MANAGE_STAFF)
def index() -> str:
    return render_template("staff/index.html", accounts=service.accounts(db()), role_name=role_name)


@pages.route("/staff/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_STAFF)
def add() -> Page:
    form = NewAccountForm()
    form.offer(roles.own_roles(db()))
    if not form.accepts(lambda: _create(form)):
        return show("staff/account.html", form, account=None)
    flash(_("%(name)s can sign in now.", name=form.name.data), "success")
    return redirect(url_for(".index"))


@pages.route("/staff/<int:staff_id>", methods=["GET", "POST"])
@needs(Permission.MANAGE_STAFF)
def account(staff_id: int) -> Page:
    found = service.account_of(db(), staff_id)
    form = AccountForm(name=found.name, email=found.email, role=second_step.role_key(found))
    form.offer(roles.own_roles(db()))
    if not form.accepts(lambda: _change(form, found)):
        return show("staff/account.html", form, account=found, has_second_step=second_step.is_on(db(), found))
    flash(_("Saved."), "success")
    return redirect(url_for(".index"))


@pages.route("/staff/<int:staff_id>/rights", methods=["GET", "POST"])
@needs(Permission.MANAGE_STAFF)
def rights(staff_id: int) -> Page:
    """What this person may do beside the role, and may not do in spite of it."""
    found = service.account_of(db(), staff_id)
    form = RightsForm(rights=[right.value for right in found.rights])
    if not form.accepts(lambda: _set_rights(form, found)):
        return show("staff/rights.html", form, account=found, groups=RIGHT_GROUPS, role=role_name(found))
    flash(_("Saved."), "success")
    return redirect(url_for(".account", staff_id=staff_id))


@pages.route("/staff/<int:staff_id>/password", methods=["GET", "POST"])
@needs(Permission.MANAGE_STAFF)
def new_password(staff_id: int) -> Page:
    found = service.account_of(db(), staff_id)
    form = NewPasswordForm()
    form.own_name = found.username
    if not form.accepts(lambda: _set_password(form, staff_id)):
        return show("staff/new_password.html", form, account=found)
    flash(_("%(name)s has a new password and must sign in again.", name=found.name), "success")
    return redirect(url_for(".account", staff_id=staff_id))


@pages.post("/staff/<int:staff_id>/active")
@needs(Permission.MANAGE_STAFF)
def set_active(staff_id: int) -> Response:
    found = service.account_of(db(), staff_id)
    active = request.form.get("active") == "yes"
    with in_words():
        service.set_active(db(), staff(), found, active=active)
    flash(
        _("%(name)s can sign in again.", name=found.name)
        if active
        else _("%(name)s was signed out and cannot sign in any more.", name=found.name),
        "success",
    )
    return redirect(url_for(".index"))


@pages.post("/staff/<int:staff_id>/second-step/remove")
@needs(Permission.MANAGE_STAFF)
def reset_second_step(staff_id: int) -> Response:
    """For one who lost the telephone and the recovery codes."""
    found = service.account_of(db(), staff_id)
    with in_words():
        second_step.reset(db(), staff(), found)
    flash(_("%(name)s signs in without a second step now, until a new one is set up.", name=found.name), "success")
    return redirect(url_for(".account", staff_id=staff_id))


def _set_password(form: NewPasswordForm, staff_id: int) -> None:
    db().rollback()
    new_hash = hash_in_turn(form.new.data)
    with in_words():
        service.give_password(db(), staff(), service.account_of(db(), staff_id), new_hash)


def _create(form: NewAccountForm) -> None:
    library_id, spoken = staff().library_id, staff().language
    db().rollback()
    new_hash = hash_in_turn(form.new.data)
    with in_words():
        service.create_account(
            db(),
            library_id,
            username=form.username.data,
            name=form.name.data,
            email=form.email.data or "",
            password_hash=new_hash,
            role=_chosen(form),
            language=spoken,
            by=staff(),
        )


def _change(form: AccountForm, account: StaffAccount) -> None:
    with in_words():
        service.change_account(
            db(), staff(), account, name=form.name.data, email=form.email.data or "", role=_chosen(form)
        )


def _set_rights(form: RightsForm, account: StaffAccount) -> None:
    with in_words():
        roles.set_rights(db(), staff(), account, rights_from(form.rights.data))


def _chosen(form: AccountForm) -> roles.AnyRole:
    key: str = form.role.data
    return roles.role_of(db(), int(key)) if key.isdecimal() else Role(key)
