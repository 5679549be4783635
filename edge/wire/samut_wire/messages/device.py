"""What a device tells of itself, and the orders that any device, or a gate, is given."""

from typing import Literal

from samut_wire.messages.base import Count, Message, Text


class PartDescribed(Message, frozen=True):
    """A reader, printer, pad or gate of a device."""

    name: Text
    kind: Literal["card_reader", "scanner", "pad", "printer", "gate_io", "camera", "sip2_line"]
    driver: Text
    state: Text
    detail: Text = ""


class DeviceState(Message, frozen=True):
    """Retained; the will of the connection is the same with `online` false."""

    online: bool
    software: Text = ""
    replica_version: Count = 0
    outbox_length: Count = 0


class DeviceDescription(Message, frozen=True):
    """What the device is made of. Retained."""

    role: Literal["gate", "kiosk", "desk"]
    parts: tuple[PartDescribed, ...]


class DeviceHealth(Message, frozen=True):
    """Sent every ten seconds. `tap_ms` counts taps by the upper bound in milliseconds of card seen → relay on."""

    parts: tuple[PartDescribed, ...]
    outbox_length: Count
    replica_version: Count
    tap_ms: dict[Text, Count] = {}


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
