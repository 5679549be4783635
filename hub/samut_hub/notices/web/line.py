"""What LINE sends to the hub: who follows the official account, who leaves it, what is written to it."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from flask import abort, request
from sqlalchemy.orm import Session

from samut_hub.libraries.models import Library
from samut_hub.libraries.service import library_by_code
from samut_hub.notices.channels.line import LineMessages
from samut_hub.notices.channels.sending import NotSentError, Outgoing
from samut_hub.notices.linking import Answer, Heard, hear, said_elsewhere
from samut_hub.notices.making import Making
from samut_hub.notices.rendering import Message
from samut_hub.notices.service import tell_of_link
from samut_hub.notices.settings import (
    DEFAULT_LANGUAGE,
    LineChannel,
    choices_of,
    lacks_of_line,
    line_channel,
    ready_channels,
    settings_of,
)
from samut_hub.notices.signature import is_signed
from samut_hub.notices.web.blueprint import pages
from samut_hub.web.hub import now, the_hub

log = logging.getLogger(__name__)

MOST = 100
"""Events in one request; LINE sends fewer."""


@pages.post("/line/<code>")
def webhook(code: str) -> str:
    """Nothing of it is believed before its signature is; answers go out when what they say is written."""
    hub = the_hub()
    body = request.get_data()
    with hub.database.session(None, writes=False) as session:
        library = library_by_code(session, code)
        own = settings_of(session, library.id)
    if own is None or lacks_of_line(own, hub.card_secret):
        abort(404)
    channel = line_channel(own, hub.card_secret)
    if not is_signed(channel.secret, body, request.headers.get("X-Line-Signature", "")):
        abort(403)
    answers = []
    for heard in _heard(body):
        with hub.database.session(library.id) as session:
            answer = hear(session, library, heard, now(), hub.config.url)
            if answer is not None:
                answers.append((answer, _tell_elsewhere(session, library, answer)))
    _answer(channel, answers)
    return ""


def _tell_elsewhere(session: Session, library: Library, answer: Answer) -> Outgoing | None:
    """Of an account that was linked: an e-mail, which waits to be sent, and what the account of before is told."""
    if answer.linked is None:
        return None
    own, chosen = settings_of(session, library.id), choices_of(session, answer.linked.id)
    language = chosen.language if chosen else DEFAULT_LANGUAGE
    said = said_elsewhere(library, answer.linked, language)
    if own is not None:
        making = Making(session, library, own, ready_channels(own, the_hub().card_secret), now())
        tell_of_link(making, answer.linked, said)
    message = Message(said["title"], said["text"], "", [])
    return Outgoing(answer.former, "", "", message, str(uuid4())) if answer.former else None


def _answer(channel: LineChannel, answers: list[tuple[Answer, Outgoing | None]]) -> None:
    if not answers:
        return
    with LineMessages(the_hub().config.line_api, channel.token) as line:
        for answer, elsewhere in answers:
            try:
                if answer.token:
                    line.reply(answer.token, answer.text)
                if elsewhere is not None:
                    line.send(elsewhere)
            except NotSentError as error:
                log.warning("LINE did not take an answer: %s", error)


def _heard(body: bytes) -> Iterator[Heard]:
    """Events of persons, in their order; what is not understood is left out."""
    try:
        events = json.loads(body)["events"]
    except (ValueError, KeyError, TypeError):
        abort(400)
    for event in events[:MOST] if isinstance(events, list) else ():
        heard = _event(event) if isinstance(event, dict) else None
        if heard is not None:
            yield heard


def _event(event: dict[str, Any]) -> Heard | None:
    source, message = event.get("source") or {}, event.get("message") or {}
    user, kind, text = source.get("userId"), event.get("type"), message.get("text", "")
    if not isinstance(user, str) or source.get("type") != "user" or kind not in ("follow", "unfollow", "message"):
        return None
    return Heard(str(kind), user, text if isinstance(text, str) else "", str(event.get("replyToken") or ""))
