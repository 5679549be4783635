"""Out to an issuer of accounts and back: what the browser keeps, and what is said when nothing comes of it.

What speaks with issuers takes 13 MB to load, so it is loaded when somebody first goes there.
"""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app, redirect, request, session
from flask_babel import gettext as _
from sqlalchemy.orm import Session, object_session
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.staff.issuers import Begun, Client, OpenIdError, OpenIdFault, Person
from samut_hub.staff.models import SignInProvider
from samut_hub.staff.policy import Provider
from samut_hub.staff.providers import client_of, provider_of
from samut_hub.staff.seals import Seal
from samut_hub.web.hub import now, own_address, the_hub, whole_address

RETURN = "staff.back_from_elsewhere"
"""The one page to which every issuer sends people back."""
_GONE = "gone_out"
_GONE_FOR = 900
"""Seconds in which somebody signs in there."""


@dataclass(frozen=True, slots=True)
class Back:
    """Somebody who came back: who that is there, and where to go on."""

    row: SignInProvider
    person: Person
    next: str


def go_out(row: SignInProvider, purpose: str) -> Response:
    """To the issuer; `purpose` says what is to become of it. Raises RefusedError."""
    from samut_hub.staff import openid

    _let_go(row)
    try:
        begun = openid.begin(_client(row), whole_address(RETURN))
    except OpenIdError as error:
        raise RefusedError(_said(error)) from None
    session[_GONE] = {
        "begun": asdict(begun),
        "provider": row.provider,
        "library_id": row.library_id,
        "purpose": purpose,
        "at": int(now().timestamp()),
        "next": own_address(request.args.get("next", "")),
    }
    return redirect(begun.address)


def purpose_of_return() -> str:
    """For what the browser went out; empty when it did not, or too long ago."""
    gone: dict[str, Any] = session.get(_GONE) or {"at": 0}
    return str(gone["purpose"]) if now().timestamp() - gone["at"] < _GONE_FOR else ""


def come_back(asked: Session, purposes: Collection[str], lets_in: Callable[[SignInProvider], bool]) -> Back:
    """Who came back; `asked` must see the library. The way is gone only once. Raises RefusedError.

    Only for one of `purposes`, and by a provider that lets such people in: the browser chose to which page it came.
    """
    from samut_hub.staff import openid

    if purpose_of_return() not in purposes:
        raise RefusedError(_("This took too long, or began in another browser. Please sign in again."))
    gone = session.pop(_GONE)
    row = provider_of(asked, gone["library_id"], Provider(gone["provider"]))
    if row is None or not lets_in(row):
        raise RefusedError(_("Your library has ended this way of signing in."))
    _let_go(row)
    try:
        person = openid.finish(_client(row), whole_address(RETURN), Begun(**gone["begun"]), request.args, now())
    except OpenIdError as error:
        raise RefusedError(_said(error)) from None
    return Back(row, person, gone["next"])


def _let_go(row: SignInProvider) -> None:
    """No connection to the database waits for the issuer; the row stays readable."""
    asked = object_session(row)
    if asked is not None:
        asked.expunge(row)
        asked.rollback()


def _client(row: SignInProvider) -> Client:
    return client_of(Seal(the_hub().card_secret), row, plain_http=not the_hub().config.is_secure)


def _said(error: OpenIdError) -> str:
    current_app.logger.warning("sign-in with an account elsewhere: %s", error)
    sentences = {
        OpenIdFault.UNREACHABLE: _(
            "The accounts cannot be asked now. Try again later, or sign in with your password."
        ),
        OpenIdFault.NOT_HTTPS: _("The address of the accounts is not safe (https). Tell an administrator."),
        OpenIdFault.REFUSED: _("You were not signed in there. Try again, or sign in with your password."),
        OpenIdFault.FORGED: _("The answer did not fit this sign-in, so it is not believed. Please sign in again."),
    }
    return sentences[error.fault]
