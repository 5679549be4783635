"""What LINE sends to the hub: who follows the official account, who leaves it, what is written to it."""

import json
import logging
from collections.abc import Iterator
from typing import Any

from flask import abort, request

from samut_hub.libraries.service import library_by_code
from samut_hub.notices.channels.line import LineMessages
from samut_hub.notices.channels.sending import NotSentError
from samut_hub.notices.linking import Answer, Heard, hear
from samut_hub.notices.settings import LineChannel, lacks_of_line, line_channel, settings_of
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
            answers.append(hear(session, library, heard, now(), hub.config.url))
    _answer(channel, [answer for answer in answers if answer is not None and answer.token])
    return ""


def _answer(channel: LineChannel, answers: list[Answer]) -> None:
    if not answers:
        return
    with LineMessages(the_hub().config.line_api, channel.token) as line:
        for answer in answers:
            try:
                line.reply(answer.token, answer.text)
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
