"""Staff sign in with their account of the school."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import library_by_code
from samut_hub.staff import providers
from samut_hub.staff.attempts import SignInRefusedError
from samut_hub.staff.models import SignInProvider
from samut_hub.staff.policy import Provider
from samut_hub.staff.web.blueprint import pages, sign_in_fault
from samut_hub.staff.web.coming_in import go_on, seal
from samut_hub.web.elsewhere import come_back, go_out, purpose_of_return
from samut_hub.web.hub import all_libraries, now, the_hub

STAFF = "staff"


@pages.get("/sign-in/school/<code>")
def sign_in_at_school(code: str) -> Response:
    return go_out(_provider(library_by_code(all_libraries(), code)), STAFF)


@pages.get("/sign-in/return")
def back_from_elsewhere() -> Response:
    """Where every issuer sends people back; members go on to their own pages."""
    if purpose_of_return() not in ("", STAFF):
        return redirect(url_for("opac.my_back") + f"?{request.query_string.decode()}")
    try:
        back = come_back(all_libraries(), (STAFF,), lambda row: row.for_staff)
        remote = request.remote_addr or ""
        entered = providers.enter(the_hub().database, seal(), back.row, back.person, address=remote, now=now())
    except SignInRefusedError as error:
        return _not_in(sign_in_fault(error.fault))
    except RefusedError as error:
        return _not_in(str(error))
    return go_on(entered, back.next)


@pages.app_template_global()
def schools_for_staff() -> list[Library]:
    """For the page of signing in."""
    return list(providers.libraries_that_let_staff_in(all_libraries()))


def _provider(library: Library) -> SignInProvider:
    row = providers.provider_of(all_libraries(), library.id, Provider.SCHOOL)
    if row is None or not row.for_staff:
        raise NotFoundError(f"Staff of library {library.code} do not sign in with accounts of the school.")
    return row


def _not_in(sentence: str) -> Response:
    flash(sentence, "danger")
    return redirect(url_for(".sign_in"))
