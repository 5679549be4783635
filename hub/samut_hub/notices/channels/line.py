"""LINE by the Messaging API, through the SDK of its maker.

The SDK takes a second and 70 MB to load, so it is loaded with the first message and by few processes.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from samut_hub.notices.channels.sending import NotSentError, Outgoing
from samut_hub.notices.policy import Fault

TIMES = (5.0, 20.0)
"""Seconds to connect, and to wait for the answer."""
_REFUSALS = {HTTPStatus.UNAUTHORIZED: Fault.SIGN_IN, HTTPStatus.FORBIDDEN: Fault.SIGN_IN}
_FULL = "monthly limit"
"""As in the answer 429 “You have reached your monthly limit.”"""


@dataclass(frozen=True, slots=True)
class Account:
    """What LINE says of the official account. `limit` is None where messages are not counted."""

    basic_id: str
    name: str
    sent: int
    limit: int | None


class LineMessages:
    """The official account of a library, by its channel access token. `api` is where the Messaging API answers."""

    def __init__(self, api: str, token: str) -> None:
        from linebot.v3.messaging import ApiClient, Configuration, MessagingApi

        settings = Configuration(access_token=token)
        settings.retries = False
        self._client = ApiClient(settings)
        self._api: Any = MessagingApi(self._client)
        self._api.line_base_path = api.rstrip("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.rest_client.pool_manager.clear()

    def send(self, outgoing: Outgoing) -> None:
        """A key that LINE has seen within a day is answered 409: it was taken then. Raises NotSentError."""
        from linebot.v3.messaging import PushMessageRequest, TextMessage

        text = TextMessage(text=outgoing.message.text)
        wanted = PushMessageRequest(to=outgoing.address, messages=[text])
        self._ask(
            lambda: self._api.push_message(wanted, x_line_retry_key=outgoing.key, _request_timeout=TIMES),
            known=HTTPStatus.CONFLICT,
        )

    def reply(self, token: str, text: str) -> None:
        """Answer what a person wrote; such messages are not counted. Raises NotSentError."""
        from linebot.v3.messaging import ReplyMessageRequest, TextMessage

        wanted = ReplyMessageRequest(replyToken=token, messages=[TextMessage(text=text)])
        self._ask(lambda: self._api.reply_message(wanted, _request_timeout=TIMES))

    def account(self) -> Account:
        """Raises NotSentError."""
        bot = self._ask(lambda: self._api.get_bot_info(_request_timeout=TIMES))
        quota = self._ask(lambda: self._api.get_message_quota(_request_timeout=TIMES))
        used = self._ask(lambda: self._api.get_message_quota_consumption(_request_timeout=TIMES))
        if bot is None or quota is None or used is None:
            raise NotSentError(Fault.UNREACHABLE, "LINE answered in another form than it used to.")
        return Account(bot.basic_id, bot.display_name, used.total_usage, quota.value)

    def _ask(self, question: Callable[[], Any], *, known: HTTPStatus | None = None) -> Any:
        """None where LINE agreed, but answered in a form that its SDK does not know."""
        from linebot.v3.messaging.exceptions import ApiException
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

        try:
            return question()
        except ApiException as error:
            if error.status == known:
                return None
            raise _refusal(error.status or 0, error.body) from None
        except ValueError:
            return None
        except HTTPError as error:
            had_left = not isinstance(error, ConnectTimeoutError | NewConnectionError)
            raise NotSentError(Fault.UNREACHABLE, _named(error), may_have_arrived=had_left) from None


def _refusal(status: int, body: bytes | str | None) -> NotSentError:
    said = _said(body)
    detail = f"{status} {said}".strip()
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return NotSentError(Fault.QUOTA if _FULL in said else Fault.BUSY, detail)
    if status in _REFUSALS:
        return NotSentError(_REFUSALS[HTTPStatus(status)], detail)
    if 400 <= status < 500:
        return NotSentError(Fault.REFUSED, detail)
    return NotSentError(Fault.UNREACHABLE, detail, may_have_arrived=True)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _said(body: bytes | str | None) -> str:
    """The message of an error of LINE, or its beginning where it is none."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
    try:
        told = json.loads(text)
    except ValueError:
        return text[:200]
    return str(told.get("message", text))[:200] if isinstance(told, dict) else text[:200]
