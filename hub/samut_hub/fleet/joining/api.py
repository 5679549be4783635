"""Where a device that wants to join asks, over HTTPS, with its claim and a request for a certificate."""

import hashlib
import logging

import msgspec
from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState

from samut_hub.fleet.joining.refusing import refuse_revoked
from samut_hub.fleet.joining.service import ClaimFault, ClaimRefusedError, use_claim
from samut_hub.staff.attempts import Guess, SignInRefusedError, count_failure, refuse_if_too_often
from samut_hub.staff.policy import origin_of
from samut_hub.web.hub import the_hub
from samut_wire.joining import CLAIM_PATH, JoinAsked

log = logging.getLogger(__name__)
joining_api = Blueprint("joining_api", __name__)

LARGEST = 30_000
_NAME = hashlib.sha256(b"device claim").hexdigest()
"""Under which wrong codes are counted, as wrong passwords are: by the place they come from."""
_STATUS = {ClaimFault.TOO_OFTEN: 429, ClaimFault.EXPIRED: 410, ClaimFault.USED: 409, ClaimFault.OTHER_DEVICE: 409}


@joining_api.post(CLAIM_PATH)
def claim() -> Response:
    """The token in the body is the right to ask."""
    request.max_content_length = LARGEST
    try:
        asked = msgspec.json.decode(request.get_data(cache=False), type=JoinAsked)
        return _said(_use(asked), 200)
    except msgspec.MsgspecError as error:
        return _said({"fault": "unreadable", "detail": str(error)}, 400)
    except ClaimRefusedError as refused:
        log.warning("claim from %s refused: %s", request.remote_addr, refused)
        return _said({"fault": refused.fault, "detail": refused.detail}, _STATUS.get(refused.fault, 403))


def _use(asked: JoinAsked) -> msgspec.Struct:
    hub, guess = the_hub(), Guess(_NAME, origin_of(request.remote_addr or ""))
    try:
        with hub.database.session(None, writes=False) as session:
            refuse_if_too_often(session, guess, hub.clock())
    except SignInRefusedError:
        raise ClaimRefusedError(ClaimFault.TOO_OFTEN) from None
    try:
        with hub.database.session(None) as session:
            signed = use_claim(session, hub.config, asked, hub.clock())
    except ClaimRefusedError as refused:
        if refused.fault is ClaimFault.UNKNOWN:
            with hub.database.session(None) as session:
                count_failure(session, guess, hub.clock())
        raise
    refuse_revoked(hub.database, hub.config, hub.clock())
    return signed


def _said(body: object, status: int) -> Response:
    answer = Response(msgspec.json.encode(body), status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@joining_api.record_once
def _let_devices_post(state: BlueprintSetupState) -> None:
    """A device has no token of a page; it brings its claim."""
    state.app.extensions["csrf"].exempt(claim)
