"""What a device tells of itself, and the orders that any device, or a gate, is given."""

from typing import Annotated, Any, Literal

import msgspec

from samut_wire.messages.base import Count, Message, Text

Name = Annotated[str, msgspec.Meta(max_length=200, pattern="^[^\\x00]*$")]
"""What a device calls something: it stands in lists and is looked for, so it is no long text."""
GaveUp = Annotated[int, msgspec.Meta(ge=-1, le=2**31 - 1)]
"""The version of a configuration, or -1 for none."""


class PartDescribed(Message, frozen=True):
    """A reader, printer, pad or gate of a device."""

    name: Name
    kind: Literal["card_reader", "scanner", "pad", "printer", "gate_io", "camera", "sip2_line"]
    driver: Name
    state: Name
    detail: Text = ""


Parts = Annotated[tuple[PartDescribed, ...], msgspec.Meta(max_length=50)]


class DeviceState(Message, frozen=True, omit_defaults=True):
    """Retained; the will of the connection is the same with `online` false.

    `configuration` is the version of `cmd/configure` by which the device works, 0 for its own settings file.
    `refused` is the last that it gave up, -1 for none, and `fault` says why; devices that know no -1 leave `refused`
    at 0 and `fault` empty.
    """

    online: bool
    software: Text = ""
    replica_version: Count = 0
    outbox_length: Count = 0
    configuration: Count = 0
    refused: GaveUp = 0
    fault: Text = ""


class DeviceDescription(Message, frozen=True, omit_defaults=True):
    """What the device is made of. Retained. `drivers` are those that its parts can have, `updates` whether it can
    renew its own program, `settings` the tables by which it works."""

    role: Literal["gate", "kiosk", "desk"]
    parts: Parts
    drivers: Annotated[tuple[Name, ...], msgspec.Meta(max_length=100)] = ()
    updates: bool = False
    settings: dict[str, Any] = {}


class DeviceHealth(Message, frozen=True, omit_defaults=True):
    """Sent every ten seconds. `tap_ms` counts taps by the upper bound in milliseconds of card seen → relay on.

    Of a gate: `occupancy` is how many are inside, `alarms` what is going on now (`fire`, `secured_item` and so on).
    `clock_known` is false while the device cannot know the time; `queue` says that too many events wait to be sent.
    """

    parts: Parts
    outbox_length: Count
    replica_version: Count
    tap_ms: Annotated[dict[Name, Count], msgspec.Meta(max_length=30)] = {}
    occupancy: Count | None = None
    alarms: Annotated[tuple[Name, ...], msgspec.Meta(max_length=20)] = ()
    clock_known: bool = True
    queue: Literal["", "long", "full"] = ""


class CertificateAsked(Message, frozen=True):
    """`request` is for a key of the device's own (PKCS #10, PEM); who asks is known by the present certificate."""

    request: Text


class CertificateGiven(Message, frozen=True, omit_defaults=True):
    """The new certificate (PEM), or why there is none (`fault`). The present one stays good until it ends."""

    certificate: Text = ""
    fault: Text = ""


class TimeAsked(Message, frozen=True):
    """What time is it? From a device that cannot know; the answer's envelope tells."""


class TimeTold(Message, frozen=True):
    """It is as late as `at` of this letter says."""


class CommandDone(Message, frozen=True):
    """The device's answer to a command; `id` is the command's."""

    id: Text
    done: bool
    detail: Text = ""


class EventsAcknowledged(Message, frozen=True):
    """The events with these ids are in the hub's database: the outbox may let them go."""

    ids: tuple[Text, ...]


class GateOpened(Message, frozen=True):
    """Command: open the gate now. Drop it when it comes after the envelope's `exp`."""

    by: Text
    seconds: float


class DeviceIdentified(Message, frozen=True):
    """Command: blink or sound, so that somebody finds the device."""

    by: Text


class AgentRestarted(Message, frozen=True):
    """Command: end the agent; its supervisor starts it anew."""

    by: Text


class GateLocked(Message, frozen=True):
    """Command: let nobody in until it is unlocked again (`locked` false). The way out stays open."""

    by: Text
    why: Text
    locked: bool


class EmergencyDeclared(Message, frozen=True, omit_defaults=True):
    """Command: hold the gate open both ways until it is over (`over`)."""

    by: Text
    why: Text
    over: bool = False


class OccupancyCorrected(Message, frozen=True):
    """Command: so many people are inside, as somebody has counted."""

    by: Text
    people: Count


class LogsWanted(Message, frozen=True):
    """Command: tell the last lines of the log."""

    by: Text
    lines: Count


class LogTold(Message, frozen=True):
    """Part `part` (from 1) of `of` of what `cmd/logs` asked for; its letter answers that order."""

    part: Count
    of: Count
    text: Text


class UpdateOrdered(Message, frozen=True):
    """Command: fetch this version of the program from the hub, and go over to it."""

    by: Text
    version: Text
    url: Text


class DeviceConfigured(Message, frozen=True):
    """Command: work by this from now on. `content` is a `samut_wire.configuration.Configuration` as JSON; none: work
    by your own settings file. The device tries it, and goes back by itself where it does not come up well."""

    by: Text
    version: Count
    content: dict[str, Any] | None
