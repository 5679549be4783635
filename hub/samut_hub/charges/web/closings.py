"""The evening at a till: counting its cash, and what was counted on other evenings."""

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.charges import accounts as books
from samut_hub.charges import closing as closing_till
from samut_hub.charges.accounts import Scope
from samut_hub.charges.forms import ClosingForm
from samut_hub.charges.models import TillClosing
from samut_hub.charges.web.accounts import sheet, told
from samut_hub.charges.web.acting import carry_out_once, own_till, teller
from samut_hub.charges.web.blueprint import pages
from samut_hub.errors import RefusedError
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, is_allowed, needs
from samut_hub.web.paging import page_asked, pages_of


@pages.post("/accounts/close")
@needs(Permission.TAKE_PAYMENTS)
def close() -> Redirect:
    """One's own till, or with the permission another."""
    form = ClosingForm()
    if form.till.data != own_till() and not is_allowed(Permission.SEE_ACCOUNTS):
        abort(403)
    if not form.validate():
        raise RefusedError(" ".join(str(fault) for faults in form.errors.values() for fault in faults))
    try:
        closing_id = carry_out_once(form, "closing", lambda: _close(form))
    except closing_till.NothingToCloseError:
        raise RefusedError(_("No money was moved at this till since it was closed last.")) from None
    flash(_("The till is closed."), "success")
    return redirect(url_for(".closing", closing_id=int(closing_id)))


@pages.get("/closings")
@needs(Permission.TAKE_PAYMENTS)
def closings() -> str:
    page = page_asked()
    own_only = None if is_allowed(Permission.SEE_ACCOUNTS) else own_till()
    found, total = closing_till.closings(db(), own_only, page)
    names = books.till_names(db(), [one.till for one in found])
    return render_template(
        "charges/closings.html",
        closings=found,
        till_names=names,
        page=page,
        pages=pages_of(total, closing_till.PAGE),
    )


@pages.get("/closings/<int:closing_id>")
@needs(Permission.TAKE_PAYMENTS)
def closing(closing_id: int) -> str:
    found, page = _closing(closing_id), page_asked()
    scope = Scope(closing_id=found.id)
    return render_template(
        "charges/closing.html",
        closing=found,
        **told(scope),
        lines=books.lines(db(), scope, page),
        page=page,
        pages=pages_of(books.count_lines(db(), scope), books.PAGE),
    )


@pages.get("/closings/<int:closing_id>.pdf")
@needs(Permission.TAKE_PAYMENTS)
def closing_pdf(closing_id: int) -> Response:
    found = _closing(closing_id)
    page = render_template(
        "charges/accounts_sheet.html",
        closing=found,
        asked=None,
        at=found.closed_at,
        **told(Scope(closing_id=found.id)),
    )
    return sheet(page, f"closing-{found.id}")


def _close(form: ClosingForm) -> str:
    closed = closing_till.close_till(
        db(), form.till.data, counted=form.counted.data, note=form.note.data, teller=teller()
    )
    return str(closed.id)


def _closing(closing_id: int) -> TillClosing:
    found = closing_till.closing_by_id(db(), closing_id)
    if found.till != own_till() and not is_allowed(Permission.SEE_ACCOUNTS):
        abort(403)
    return found
