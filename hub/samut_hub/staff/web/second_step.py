"""The second step of signing in: typed at the door, set up at the door or later, and given up."""

import segno
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.staff import second_step as use_cases
from samut_hub.staff.attempts import SignInRefusedError
from samut_hub.staff.forms import CodeForm
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import SignInFault
from samut_hub.staff.second_step import Typed
from samut_hub.staff.service import account_of
from samut_hub.staff.web.blueprint import Page, pages
from samut_hub.staff.web.coming_in import arrive, destination, let_in, pending, seal
from samut_hub.web.forms import show
from samut_hub.web.hub import all_libraries, db, needs, now, staff, the_hub


@pages.route("/sign-in/code", methods=["GET", "POST"])
def code_at_sign_in() -> Page:
    staff_id, form = pending(), CodeForm()
    if staff_id is None:
        return redirect(url_for(".sign_in"))
    if not form.validate_on_submit():
        return show("staff/code.html", form)
    try:
        token = _enter(staff_id, form.code.data)
    except SignInRefusedError as error:
        form.form_errors.append(_fault(error.fault))
        return show("staff/code.html", form)
    return arrive(account_of(all_libraries(), staff_id), token)


@pages.route("/sign-in/set-up", methods=["GET", "POST"])
def enrol_at_sign_in() -> Page:
    """For those of whose role a second step is asked, before they are let in for the first time."""
    staff_id, form = pending(), CodeForm()
    if staff_id is None:
        return redirect(url_for(".sign_in"))
    account = account_of(all_libraries(), staff_id)
    address = use_cases.address_of(db(), seal(), account)
    if address is None:
        return redirect(url_for(".sign_in"))
    codes = _confirm(account, form) if form.validate_on_submit() else None
    if codes is None:
        return show("staff/set_up.html", form, at_the_door=True, **_shown(address))
    let_in(use_cases.let_in(db(), account, _typed(account.id, form.code.data), now()))
    return render_template("staff/recovery_codes.html", codes=codes, next=destination())


@pages.route("/second-step", methods=["GET", "POST"])
@needs()
def second_step() -> Page:
    """One's own: set up, confirmed by a first code."""
    form, address = CodeForm(), use_cases.address_of(db(), seal(), staff())
    codes = _confirm(staff(), form) if address is not None and form.validate_on_submit() else None
    if codes is not None:
        return render_template("staff/recovery_codes.html", codes=codes, next=url_for(".second_step"))
    if address is not None:
        return show("staff/set_up.html", form, at_the_door=False, **_shown(address))
    asked = {"is_on": use_cases.is_on(db(), staff()), "is_required": use_cases.is_required(db(), staff())}
    return show("staff/second_step.html", form, **asked)


@pages.post("/second-step/begin")
@needs()
def begin_second_step() -> Response:
    use_cases.begin(db(), seal(), staff())
    return redirect(url_for(".second_step"))


@pages.post("/second-step/codes")
@needs()
def new_recovery_codes() -> Page:
    """In place of the old ones, for who can type a code."""
    if not _proves():
        return redirect(url_for(".second_step"))
    codes = use_cases.new_recovery_codes(db(), seal(), staff())
    return render_template("staff/recovery_codes.html", codes=codes, next=url_for(".second_step"))


@pages.post("/second-step/end")
@needs()
def end_second_step() -> Response:
    """For who can type a code, where the role leaves the choice."""
    if use_cases.is_required(db(), staff()):
        raise RefusedError(_("Your library asks a second step of your role. It cannot be given up."))
    if _proves():
        use_cases.end(db(), staff())
        flash(_("You sign in with your password alone now."), "success")
    return redirect(url_for(".second_step"))


def _enter(staff_id: int, code: str) -> str:
    """Nothing is asked in the request's own session meanwhile."""
    db().rollback()
    return use_cases.enter(the_hub().database, seal(), _typed(staff_id, code), now())


def _typed(staff_id: int, code: str) -> Typed:
    return Typed(staff_id=staff_id, code=code, address=request.remote_addr or "")


def _confirm(account: StaffAccount, form: CodeForm) -> list[str] | None:
    codes = use_cases.confirm(db(), seal(), account, form.code.data, now())
    if codes is None:
        form.form_errors.append(_fault(SignInFault.WRONG))
    return codes


def _proves() -> bool:
    """Whether the code in the form is right; if not, it is said, and counted."""
    try:
        fits = use_cases.accepts(db(), seal(), _typed(staff().id, request.form.get("code", "")), now())
    except SignInRefusedError as error:
        raise RefusedError(_fault(error.fault)) from None
    if not fits:
        flash(_fault(SignInFault.WRONG), "danger")
    return fits


def _shown(address: str) -> dict[str, object]:
    secret = address.partition("secret=")[2].partition("&")[0]
    picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=2)
    return {"picture": picture, "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}


def _fault(fault: SignInFault) -> str:
    if fault is SignInFault.TOO_OFTEN:
        return _("Too many wrong codes. Wait five minutes, then try again.")
    return _("This code is wrong, or was used already. Wait for the next one, and type it soon.")
