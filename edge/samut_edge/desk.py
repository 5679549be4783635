"""A desk station: its readers type for the hub's desk page, its printer prints for it, it reads whole ID cards."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from samut_edge.desk_counter import DeskCounter, Scanned
from samut_edge.desk_staff import DeskStaff
from samut_edge.devices.part import Part
from samut_edge.devices.printer import JobPrinter, PrinterError
from samut_edge.devices.thai_identity import IdentityReader, ThaiIdentity
from samut_edge.events import CardKind, CardTapped, CodeScanned, ItemGone, ItemSeen, PartEvent
from samut_edge.slip import Slip, SlipKind, SlipLine
from samut_edge.uplink import Uplink
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.codec import Letter
from samut_wire.topics import Kind

NO_PRINTER = "this desk has no printer"
NO_ID_READER = "this desk has no reader for national ID cards"
NO_CARD = "no card was put in"
LONGEST_WAIT = 300.0
"""Seconds; no order keeps a reader waiting for a card longer."""


@dataclass(frozen=True, slots=True)
class DeskParts:
    printers: Sequence[JobPrinter]
    id_readers: Sequence[IdentityReader]


class Desk:
    """While somebody works at the desk's own page, its readers are that page's; else they are the hub's.

    Give it every event of its parts with `happen`, on the event loop, and let `run` live in the agent's TaskGroup.

    `card_key` is the library's key for card hashes: no card's number leaves the desk.
    """

    def __init__(
        self, uplink: Uplink, counter: DeskCounter, staff: DeskStaff, *, parts: DeskParts, card_key: bytes
    ) -> None:
        self.counter = counter
        self._staff = staff
        self._uplink = uplink
        self._parts = parts
        self._card_key = card_key
        self._read: asyncio.Queue[m.PartRead] = asyncio.Queue()
        self._reading: asyncio.Task[ThaiIdentity] | None = None
        self._lying: set[tuple[str, str]] = set()

    def happen(self, event: PartEvent) -> None:
        """Something was scanned, tapped or laid down. A pad tells of an item again with each of its discs: it counts
        once for as long as it lies there."""
        if self._lies_there(event):
            return
        read = self._as_read(event)
        if read is None:
            return
        if self.counter.is_open:
            self.counter.scan(Scanned(read.text, read.card))
        else:
            self._read.put_nowait(read)

    async def run(self) -> None:
        """Never ends by itself."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.counter.run())
            while True:
                await self._uplink.tell(Kind.READ, await self._read.get())

    def told_of_staff(self, staff: m.StaffTold) -> None:
        """Who may work here while the hub is away."""
        self._staff.told(staff)

    async def print_slip(self, ordered: m.SlipOrdered, *, job: str = "") -> str:
        """Empty when it was printed, else why not. `job` is the order's number: it is not printed twice."""
        if not self._parts.printers:
            return NO_PRINTER
        try:
            await self._parts.printers[0].print_slip(_slip(ordered), job=job)
        except PrinterError as error:
            return str(error)
        return ""

    async def read_identity(self, order: Letter, wanted: m.IdentityWanted) -> str:
        """Tell the hub what the next card says. Empty when it was told, else why not; a newer order ends this one."""
        if not self._parts.id_readers:
            return NO_ID_READER
        if self._reading is not None:
            self._reading.cancel()
        reading = self._reading = asyncio.create_task(self._parts.id_readers[0].read_identity(photo=wanted.photo))
        done, _ = await asyncio.wait([reading], timeout=_seconds_of(order))
        if not done or reading.cancelled():
            reading.cancel()
            return NO_CARD
        await self._uplink.tell(Kind.IDENTITY, self._told(reading.result(), wanted), re=order.id)
        return ""

    def _lies_there(self, event: PartEvent) -> bool:
        """Whether that is known of the item."""
        match event:
            case ItemSeen(part=part, barcode=barcode):
                if (part, barcode) in self._lying:
                    return True
                self._lying.add((part, barcode))
            case ItemGone(part=part, barcode=barcode):
                self._lying.discard((part, barcode))
        return False

    def _as_read(self, event: PartEvent) -> m.PartRead | None:
        match event:
            case CodeScanned(part=part, text=text) | ItemSeen(part=part, barcode=text):
                return m.PartRead(part=part, text=text.strip())
            case CardTapped(part=part, kind=CardKind.NUMBER, value=value):
                return m.PartRead(part=part, text=value)
            case CardTapped(part=part, kind=kind, value=value):
                return m.PartRead(part=part, card=card_hash(self._card_key, kind, value), kind=kind)
        return None

    def _told(self, identity: ThaiIdentity, wanted: m.IdentityWanted) -> m.IdentityRead:
        return m.IdentityRead(
            card=card_hash(self._card_key, CardKind.NATIONAL_ID, identity.number),
            name_th=identity.name_th,
            name_en=identity.name_en,
            born=identity.born,
            sex=identity.sex,
            address=identity.address,
            issued_on=identity.issued_on,
            expires_on=identity.expires_on,
            number=identity.number if wanted.number else "",
            photo=identity.photo,
        )


def id_readers_among(parts: Sequence[Part]) -> list[IdentityReader]:
    """The readers that can read a whole card."""
    return [part for part in parts if isinstance(part, IdentityReader)]


def _seconds_of(order: Letter) -> float:
    """How long the order is good for, whatever the clocks say."""
    given = LONGEST_WAIT if order.exp is None else (order.exp - order.at).total_seconds()
    return min(given, LONGEST_WAIT)


def _slip(ordered: m.SlipOrdered) -> Slip:
    return Slip(
        kind=SlipKind.LOAN,
        heading=ordered.heading,
        library=ordered.library,
        printed_at=ordered.printed_at,
        member=ordered.member,
        lines=tuple(SlipLine(line.title, line.barcode, line.note) for line in ordered.lines),
        footer=ordered.footer,
        qr=ordered.qr,
    )
