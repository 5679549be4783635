"""Pages of settings: which machines of other makers may sign in, and how they are spoken to."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.sip2 import accounts
from samut_hub.sip2.accounts import AccountFields, LoginTakenError, NewPassword
from samut_hub.sip2.forms import AccountForm, NewAccountForm, shown, shown_networks
from samut_hub.sip2.models import Sip2Account
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now, the_hub

Page = str | Response | tuple[str, int]
pages = Blueprint("sip2", __name__, template_folder="templates", url_prefix="/settings/sip2")


@pages.get("/")
@needs(Permission.EDIT_MACHINES)
def index() -> str:
    found, config = accounts.accounts(db()), the_hub().config
    return render_template("sip2/index.html", accounts=found, config=config, shown_networks=shown_networks)


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.EDIT_MACHINES)
def new() -> Page:
    """The password is hashed before anything is written."""
    form = NewAccountForm(data=shown(AccountFields(networks=())))
    password = accounts.make_password() if form.validate_on_submit() else None
    if password is None or not form.accepts(lambda: _add(form, password)):
        return show("sip2/account.html", form, account=None)
    return _told(form.login.data, password)


@pages.route("/<int:account_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_MACHINES)
def account(account_id: int) -> Page:
    own = accounts.account_by_id(db(), account_id)
    form = AccountForm(data=shown(accounts.fields_of(own)))
    if not form.accepts(lambda: accounts.edit_account(db(), own, form.fields(), now=now())):
        return show("sip2/account.html", form, account=own)
    flash(_("Saved. The machine is spoken to like that within seconds."), "success")
    return redirect(url_for(".index"))


@pages.post("/<int:account_id>/password")
@needs(Permission.EDIT_MACHINES)
def new_password(account_id: int) -> str:
    """It is on this page and on no other, and kept only as a hash."""
    password = accounts.make_password()
    own = accounts.account_by_id(db(), account_id)
    accounts.set_password(db(), own, password, now=now())
    return _told(own.login, password)


@pages.post("/<int:account_id>/remove")
@needs(Permission.EDIT_MACHINES)
def remove(account_id: int) -> Response:
    own = accounts.account_by_id(db(), account_id)
    accounts.remove_account(db(), own)
    flash(_("%(login)s cannot sign in any more.", login=own.login), "success")
    return redirect(url_for(".index"))


def _add(form: NewAccountForm, password: NewPassword) -> Sip2Account:
    try:
        return accounts.add_account(db(), form.login.data, password, form.fields(), now=now())
    except LoginTakenError:
        raise RefusedError(_("There is an account with this login already. Choose another.")) from None


def _told(login: str, password: NewPassword) -> str:
    return render_template("sip2/password.html", login=accounts.plain(login), password=password.text)
