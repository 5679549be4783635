"""What every channel can do: take one message to one address, and say why it did not."""

import re
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from samut_hub.notices.policy import Fault
from samut_hub.notices.rendering import Message

OF_CHANNEL = frozenset({Fault.UNREACHABLE, Fault.BUSY, Fault.QUOTA, Fault.SIGN_IN, Fault.NOT_SET_UP})
"""Faults that the next message would meet as well: the channel rests for a while."""


_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")


def without_addresses(said: str) -> str:
    """What a server said: it may name its postmaster, other receivers, or who it took the member for."""
    return _ADDRESS.sub("…@…", said)


class NotSentError(Exception):
    """The message did not go out. `detail` is what the server said.

    `may_have_arrived`: nobody said that it was not taken, as where the answer was lost.
    """

    def __init__(
        self, fault: Fault, detail: str = "", *, only_here: bool = False, may_have_arrived: bool = False
    ) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault, self.detail = fault, without_addresses(detail)[:500]
        self.is_of_channel = fault in OF_CHANNEL and not only_here
        self.may_have_arrived = may_have_arrived or fault is Fault.UNSURE


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`key` is the same whenever the same notice is tried. `sender` is the library's name.

    `stop` is the address at which no more of its kind is asked for.
    """

    address: str
    receiver: str
    sender: str
    message: Message
    key: str
    stop: str = ""


class SendingChannel(Protocol):
    """An open connection to a server, or one that is opened with the first message."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, outgoing: Outgoing) -> None:
        """Raises NotSentError."""
