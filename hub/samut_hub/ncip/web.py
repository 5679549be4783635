"""The address to which other systems send NCIP messages. Each answer is a message, whatever its status."""

import logging

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import RequestEntityTooLarge

from samut_hub.ncip.access import Doorkeeper
from samut_hub.ncip.problems import GENERAL, MESSAGING, ProblemError
from samut_hub.ncip.reading import LARGEST, Request, UnreadableError, read
from samut_hub.ncip.service import Counter
from samut_hub.ncip.writing import MIMETYPE, message
from samut_hub.sip2.accounts import Attempt
from samut_hub.staff.attempts import SignInRefusedError
from samut_hub.web.hub import the_hub

log = logging.getLogger(__name__)
pages = Blueprint("ncip", __name__)
_keeper = Doorkeeper()


@pages.post("/ncip")
def ncip() -> Response:
    """By the login and password of an account: of HTTP (Basic), or in the header of the message."""
    hub = the_hub()
    request.max_content_length = LARGEST
    try:
        asked = read(request.get_data(cache=False))
        partner = _keeper.enter(hub.database, _attempt(asked), hub.clock())
        return _said(message(Counter(hub.database, hub.clock, hub.card_secret).answer(partner, asked)))
    except (UnreadableError, RequestEntityTooLarge) as fault:
        told = str(fault) if isinstance(fault, UnreadableError) else f"A message may have {LARGEST} bytes."
        return _refused(ProblemError("Invalid Message Syntax Error", told, scheme=MESSAGING), 400)
    except SignInRefusedError as refused:
        log.warning("NCIP from %s refused: %s", request.remote_addr, refused.fault)
        return _refused(ProblemError("System Authentication Failed", scheme=GENERAL), 401)
    except ProblemError as problem:
        return _refused(problem, 200)


def _attempt(asked: Request) -> Attempt:
    basic, header = request.authorization, "InitiationHeader"
    if basic is not None and basic.type == "basic":
        login, password = basic.username or "", basic.password or ""
    else:
        login, password = asked.text(header, "FromSystemId"), asked.text(header, "FromSystemAuthentication")
    return Attempt(login=login, password=password, address=request.remote_addr or "")


def _refused(problem: ProblemError, status: int) -> Response:
    answer = _said(message(problem.written("")))
    answer.status_code = status
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="NCIP", charset="UTF-8"'
    return answer


def _said(body: bytes) -> Response:
    answer = Response(body, content_type=MIMETYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.record_once
def _let_systems_post(state: BlueprintSetupState) -> None:
    """A message has no token of a page; it brings the password of its sender."""
    state.app.extensions["csrf"].exempt(ncip)
