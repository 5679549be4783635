"""JSON to typed messages and back. Nothing enters that the protocol does not name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from samut_wire import messages as m
from samut_wire.errors import WireError
from samut_wire.ids import is_command_id
from samut_wire.topics import Topic


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    v: int
    id: str
    at: datetime
    boot: str = ""
    seq: int = 0
    re: str = ""
    exp: datetime | None = None
    body: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with its envelope.

    `id` is the command's UUIDv7: the same command sent again carries the same id. `re` is the id that is answered.
    `boot` and `seq` number what one run of an edge agent sends. After `exp` the message is void.
    """

    id: str
    at: datetime
    body: m.Message
    boot: str = ""
    seq: int = 0
    re: str = ""
    exp: datetime | None = None

    def is_void(self, now: datetime) -> bool:
        """`now` by the clock of the sender."""
        return self.exp is not None and now > self.exp

    def is_void_after(self, waited: timedelta) -> bool:
        """Needs no clock that agrees with the sender's."""
        return self.exp is not None and waited > self.exp - self.at


FIRST_YEAR, LAST_YEAR = 1970, 2199
"""A computer whose clock was never set shows 1970."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_Envelope)


def encode(letter: Letter) -> bytes:
    """The bytes that go over MQTT."""
    return _encoder.encode(
        _Envelope(
            v=m.PROTOCOL,
            id=letter.id,
            at=letter.at,
            boot=letter.boot,
            seq=letter.seq,
            re=letter.re,
            exp=letter.exp,
            body=msgspec.Raw(_encoder.encode(letter.body)),
        )
    )


def decode(topic: Topic, payload: bytes) -> Letter:
    """Read and check a message of this topic; raises WireError naming the field at fault."""
    try:
        envelope = _decoder.decode(payload)
        _check_envelope(topic, envelope)
        body = msgspec.json.decode(envelope.body, type=topic.message)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"{topic.kind}: {error}.") from None
    return Letter(
        id=envelope.id,
        at=envelope.at,
        body=body,
        boot=envelope.boot,
        seq=envelope.seq,
        re=envelope.re,
        exp=envelope.exp,
    )


def encode_row(row: m.ReplicaRow) -> bytes:
    """One line of a snapshot, without the line end."""
    return _encoder.encode(row)


_row_decoder: msgspec.json.Decoder[m.ReplicaRow] = msgspec.json.Decoder(m.ReplicaRow)


def decode_row(line: bytes) -> m.ReplicaRow:
    """One line of a snapshot; raises WireError."""
    try:
        return _row_decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"snapshot row: {error}.") from None


def encode_header(header: m.SnapshotHeader) -> bytes:
    """The bytes that are signed."""
    return _encoder.encode(header)


def decode_header(data: bytes) -> m.SnapshotHeader:
    """A snapshot's header, after its signature was verified; raises WireError."""
    try:
        return msgspec.json.decode(data, type=m.SnapshotHeader)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"snapshot header: {error}.") from None


def _check_envelope(topic: Topic, envelope: _Envelope) -> None:
    if envelope.v != m.PROTOCOL:
        raise WireError(f"{topic.kind}: protocol version {envelope.v} is not {m.PROTOCOL}; update the older side.")
    if not is_command_id(envelope.id):
        raise WireError(f"{topic.kind}: id “{envelope.id[:60]}” is not a UUID.")
    for name, moment in (("at", envelope.at), ("exp", envelope.exp)):
        if moment is not None and moment.tzinfo is None:
            raise WireError(f"{topic.kind}: {name} has no time zone.")
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise WireError(f"{topic.kind}: {name} is in the year {moment.year}, which no clock shows.")
