"""A letter of an edge device as it is handled: in one transaction, its commands carried out once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from sqlalchemy.orm import Session

from samut_hub.commands import answer_given, once
from samut_hub.fleet import service as fleet
from samut_hub.fleet.models import Device
from samut_rules.reasons import Reason
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind

CLOCK_TOLERANCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Received:
    """A letter with all that a handler needs beside it; `secret` opens the passwords of the library's servers,
    `authority` is the folder of the keys that certify devices."""

    session: Session
    device: Device
    kind: Kind
    letter: Letter
    now: datetime
    secret: bytes
    authority: Path | None = None

    @property
    def heard(self) -> fleet.Heard:
        return fleet.Heard(self.now, self.letter.at)

    @property
    def happened_at(self) -> datetime:
        """When it happened by the device's clock, or now when that clock cannot be right."""
        earliest, latest = self.device.added_at - CLOCK_TOLERANCE, self.now + CLOCK_TOLERANCE
        return self.letter.at if earliest <= self.letter.at <= latest else self.now


@dataclass(frozen=True, slots=True)
class Reply:
    """A letter that goes back once the transaction is committed."""

    kind: Kind
    body: m.Message


T = TypeVar("T", bound=m.Message)


def body_of(received: Received, kind: type[T]) -> T:
    """The body, which the codec has already checked against the table."""
    if not isinstance(received.letter.body, kind):
        raise TypeError(f"{received.kind} carries {type(received.letter.body).__name__}")
    return received.letter.body


def outbox_of(received: Received) -> str:
    return outbox_of_device(received.device.id)


def outbox_of_device(device: str) -> str:
    """The source of the commands that are its events."""
    return f"{device}/outbox"


def record_event(received: Received, record: Callable[[], object]) -> Reply:
    """Record an event of the outbox once, and acknowledge it however often it comes."""

    def do() -> bytes:
        record()
        return b""

    once(received.session, outbox_of(received), received.letter.id, received.kind, received.now, do=do)
    return Reply(Kind.ACKNOWLEDGED, m.EventsAcknowledged(ids=(received.letter.id,)))


def answer_once(received: Received, do: Callable[[], m.Message]) -> bytes:
    return once(
        received.session,
        received.device.id,
        received.letter.id,
        received.kind,
        received.now,
        do=lambda: msgspec.json.encode(do()),
    )


def was_done_online(received: Received, kind: Kind, answer: type[T], did: Callable[[T], bool]) -> bool:
    """The device asked first, the answer came too late, and the same command comes again as an event."""
    before = answer_given(received.session, received.device.id, received.letter.id)
    return before is not None and before.kind == kind and did(msgspec.json.decode(before.answer, type=answer))


def shown(reason: Reason) -> m.ReasonGiven:
    return m.ReasonGiven(code=reason.code, values=dict(reason.values))
