"""Sign-in and sign-out, one's own password, and what one may do."""

from flask import flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.staff import service
from samut_hub.staff.attempts import SignInRefusedError
from samut_hub.staff.forms import PasswordForm, SignInForm
from samut_hub.staff.signing_in import Attempt, Entered, change_password
from samut_hub.staff.signing_in import sign_in as enter
from samut_hub.staff.web.blueprint import Page, in_words, pages, sign_in_fault
from samut_hub.staff.web.coming_in import destination, go_on, let_in, seal
from samut_hub.staff.words import RIGHT_GROUPS, role_name
from samut_hub.web.forms import show
from samut_hub.web.hub import all_libraries, db, needs, now, staff, the_hub


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Page:
    form = SignInForm()
    if g.get("staff") is not None and request.method == "GET":
        return redirect(destination())
    if not form.validate_on_submit():
        return show("staff/sign_in.html", form)
    try:
        entered = _enter(form)
    except SignInRefusedError as error:
        form.form_errors.append(sign_in_fault(error.fault))
        return show("staff/sign_in.html", form)
    return go_on(entered)


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
    let_in(service.start_session(db(), staff(), now()))
    flash(_("Your password was changed."), "success")
    return redirect(url_for("home.dashboard"))


@pages.get("/my-rights")
@needs()
def my_rights() -> str:
    """What one may do here: the place from which the parts of a manual are offered to those who need them."""
    return render_template("staff/my_rights.html", groups=RIGHT_GROUPS, role=role_name(staff()))


def _enter(form: SignInForm) -> Entered:
    """Nothing is asked in the request's own session meanwhile: on SQLite it would lock out everybody who writes."""
    db().rollback()
    attempt = Attempt(username=form.username.data, password=form.password.data, address=request.remote_addr or "")
    return enter(the_hub().database, seal(), attempt, now())


def _change_password(form: PasswordForm) -> None:
    """In transactions of its own, as at sign-in; the address counts as there."""
    attempt = Attempt(username=staff().username, password=form.old.data, address=request.remote_addr or "")
    db().rollback()
    with in_words():
        change_password(the_hub().database, attempt, form.new.data, now())
