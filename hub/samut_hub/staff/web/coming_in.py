"""The way from a right password, or an account of the school, to a signed-in browser."""

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from samut_hub.staff.models import StaffAccount
from samut_hub.staff.seals import Seal
from samut_hub.staff.signing_in import Entered
from samut_hub.web.hub import now, own_address, the_hub
from samut_hub.web.language import keep_language

PENDING = "second_step_of"
PENDING_FOR = 600
"""Seconds after a right password in which the second step is to be done."""


def seal() -> Seal:
    return Seal(the_hub().card_secret)


def go_on(entered: Entered, wanted: str = "") -> Response:
    """To where the person wanted to go, or to the second step first."""
    wanted = wanted or own_address(request.args.get("next", ""))
    if entered.token is not None:
        return arrive(entered.account, entered.token, wanted)
    endpoint = "staff.enrol_at_sign_in" if entered.enrols else "staff.code_at_sign_in"
    answer = redirect(url_for(endpoint, next=wanted or None))
    session.clear()
    session[PENDING] = [entered.account.id, int(now().timestamp())]
    keep_language(answer, entered.account.language)
    return answer


def pending() -> int | None:
    """Whose second step is to be done in this browser."""
    staff_id, since = session.get(PENDING, (None, 0))
    return staff_id if now().timestamp() - since < PENDING_FOR else None


def arrive(account: StaffAccount, token: str, wanted: str = "") -> Response:
    answer = redirect(wanted or destination())
    let_in(token)
    keep_language(answer, account.language)
    return answer


def let_in(token: str) -> None:
    """A fresh cookie: nothing of the visit before sign-in goes on, the CSRF token included."""
    session.clear()
    session["token"] = token


def destination() -> str:
    return own_address(request.args.get("next", "")) or url_for("home.dashboard")
