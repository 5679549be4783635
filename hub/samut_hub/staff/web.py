"""Sign-in and sign-out, one's own password, and the accounts of the library's staff."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.staff import service
from samut_hub.staff.attempts import SignInRefusedError, hash_in_turn
from samut_hub.staff.forms import (
    ROLE_NAMES,
    AccountForm,
    NewAccountForm,
    NewPasswordForm,
    PasswordForm,
    SignInForm,
)
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import AccountFault, Permission, SignInFault
from samut_hub.staff.signing_in import Attempt, change_password
from samut_hub.staff.signing_in import sign_in as enter
from samut_hub.web.forms import show
from samut_hub.web.hub import all_libraries, db, needs, now, own_address, staff, the_hub
from samut_hub.web.language import keep_language

Page = Response | tuple[str, int]
pages = Blueprint("staff", __name__, template_folder="templates")


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Page:
    form = SignInForm()
    if g.get("staff") is not None and request.method == "GET":
        return redirect(_destination())
    if not form.validate_on_submit():
        return show("staff/sign_in.html", form)
    try:
        account, token = _enter(form)
    except SignInRefusedError as error:
        form.form_errors.append(_sign_in_fault(error.fault))
        return show("staff/sign_in.html", form)
    _let_in(token)
    answer = redirect(_destination())
    keep_language(answer, account.language)
    return answer


@pages.post("/sign-out")
def sign_out() -> Response:
    token = session.get("token")
    if token is not None:
        service.sign_out(all_libraries(), token)
    session.clear()
    return redirect(url_for(".sign_in"))


@pages.route("/password", methods=["GET", "POST"])
@needs()
def password() -> Page:
    """Changing it ends the account's sessions in all browsers but this one."""
    form = PasswordForm()
    form.own_name = staff().username
    if not form.accepts(lambda: _change_password(form)):
        return show("staff/password.html", form)
    _let_in(service.start_session(db(), staff(), now()))
    flash(_("Your password was changed."), "success")
    return redirect(url_for("home.dashboard"))


@pages.get("/staff")
@needs(Permission.MANAGE_STAFF)
def index() -> str:
    return render_template("staff/index.html", accounts=service.accounts(db()), role_names=ROLE_NAMES)


@pages.route("/staff/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_STAFF)
def add() -> Page:
    form = NewAccountForm()
    if not form.accepts(lambda: _create(form)):
        return show("staff/account.html", form, account=None)
    flash(_("%(name)s can sign in now.", name=form.name.data), "success")
    return redirect(url_for(".index"))


@pages.route("/staff/<int:staff_id>", methods=["GET", "POST"])
@needs(Permission.MANAGE_STAFF)
def account(staff_id: int) -> Page:
    found = service.account_of(db(), staff_id)
    form = AccountForm(obj=found)
    if not form.accepts(lambda: _change(form, found)):
        return show("staff/account.html", form, account=found)
    flash(_("Saved."), "success")
    return redirect(url_for(".index"))


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
    with _in_words():
        service.set_active(db(), staff(), found, active=active)
    flash(
        _("%(name)s can sign in again.", name=found.name)
        if active
        else _("%(name)s was signed out and cannot sign in any more.", name=found.name),
        "success",
    )
    return redirect(url_for(".index"))


def _enter(form: SignInForm) -> tuple[StaffAccount, str]:
    """Nothing is asked in the request's own session meanwhile: on SQLite it would lock out everybody who writes."""
    db().rollback()
    attempt = Attempt(username=form.username.data, password=form.password.data, address=request.remote_addr or "")
    return enter(the_hub().database, attempt, now())


def _change_password(form: PasswordForm) -> None:
    """In transactions of its own, as at sign-in; the address counts as there."""
    attempt = Attempt(username=staff().username, password=form.old.data, address=request.remote_addr or "")
    db().rollback()
    with _in_words():
        change_password(the_hub().database, attempt, form.new.data, now())


def _set_password(form: NewPasswordForm, staff_id: int) -> None:
    db().rollback()
    new_hash = hash_in_turn(form.new.data)
    service.set_password(db(), service.account_of(db(), staff_id), new_hash)


def _create(form: NewAccountForm) -> None:
    library_id, spoken = staff().library_id, staff().language
    db().rollback()
    new_hash = hash_in_turn(form.new.data)
    with _in_words():
        service.create_account(
            db(),
            library_id,
            username=form.username.data,
            name=form.name.data,
            password_hash=new_hash,
            role=form.role.data,
            language=spoken,
        )


def _change(form: AccountForm, account: StaffAccount) -> None:
    with _in_words():
        service.change_account(db(), staff(), account, name=form.name.data, role=form.role.data)


def _let_in(token: str) -> None:
    """A fresh cookie: nothing of the visit before sign-in goes on, the CSRF token included."""
    session.clear()
    session["token"] = token


def _destination() -> str:
    return own_address(request.args.get("next", "")) or url_for("home.dashboard")


def _sign_in_fault(fault: SignInFault) -> str:
    if fault is SignInFault.TOO_OFTEN:
        return _("Too many wrong passwords. Wait five minutes, then try again.")
    return _("User name or password is wrong.")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except service.AccountRefusedError as error:
        sentences = {
            AccountFault.NAME_TAKEN: _("This user name is taken. Choose another."),
            AccountFault.WRONG_PASSWORD: _("The current password is wrong."),
            AccountFault.OWN_ACCOUNT: _("You cannot change your own role or close your own account."),
        }
        raise RefusedError(sentences[error.fault]) from None
    except SignInRefusedError as error:
        raise RefusedError(_sign_in_fault(error.fault)) from None
