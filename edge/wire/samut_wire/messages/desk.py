"""What a desk reads for the hub's page, prints for it, and must know to work without it."""

from datetime import date

from samut_wire.messages.base import Message, Text


class PartRead(Message, frozen=True):
    """A reader of a desk read something while the hub was there: exactly one of `text` and `card` (a hash).

    `kind` says how the card is read: “uid” or “national_id”.
    """

    part: Text
    text: Text = ""
    card: Text = ""
    kind: Text = ""


class IdentityRead(Message, frozen=True, omit_defaults=True):
    """What a Thai national ID card says of its holder; answers `cmd/read-identity`. Never kept at the edge.

    `number` only where the order asked for it, `photo` (JPEG) as well. `born` is as precise as the card is:
    `2015-05-17`, `2015-05`, `2015`. `sex` is “m”, “f” or empty. A card without expiry has no `expires_on`.
    """

    card: Text
    name_th: Text
    name_en: Text = ""
    born: Text = ""
    sex: Text = ""
    address: Text = ""
    issued_on: date | None = None
    expires_on: date | None = None
    number: Text = ""
    photo: bytes = b""


class SlipLineOrdered(Message, frozen=True):
    """One item on a slip; `note` stands below its title."""

    title: Text
    barcode: Text
    note: Text = ""


class SlipOrdered(Message, frozen=True):
    """Command: print this slip. All of it is in the reader's language already; `qr` is the text of its code."""

    by: Text
    heading: Text
    library: Text
    printed_at: Text
    member: Text
    lines: tuple[SlipLineOrdered, ...]
    footer: Text
    qr: Text = ""


class IdentityWanted(Message, frozen=True):
    """Command: read the next national ID card, or the one in the reader, and say what it tells in `desk/identity`."""

    by: Text
    number: bool
    photo: bool


class StaffAtDesk(Message, frozen=True):
    """Somebody who may work at the desk while the hub is away. `pin` is as `samut_wire.pins` keeps it."""

    username: Text
    name: Text
    pin: Text


class StaffTold(Message, frozen=True):
    """Command: these, and nobody else, may sign in while the hub is away."""

    people: tuple[StaffAtDesk, ...]
