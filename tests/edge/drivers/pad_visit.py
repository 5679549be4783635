"""A visit at a pad at which much goes wrong, and a witness of all that the pad tells."""

import random
from collections import Counter

from samut_edge.devices.pad import Pad, Security
from samut_edge.events import ItemGone, ItemSeen, PartEvent
from samut_edge.virtual.tag_field import Fault, TagField, VirtualTag, virtual_tag
from tests.edge.drivers.heard import Heard, until


class Witness(Heard):
    """Compares what is told of an item with its tag, at the moment when it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.tags = {barcode: virtual_tag(barcode) for barcode in ("TH1", "TH2", "TH3", "TH4")}
        self.believed: set[str] = set()

    def __call__(self, event: PartEvent) -> None:
        if isinstance(event, ItemSeen):
            tag = self.tags[event.barcode]
            assert (event.tag.replace(":", ""), event.secured) == (tag.chip, tag.secured)
            self.believed.add(event.barcode)
        elif isinstance(event, ItemGone):
            self.believed.remove(event.barcode)


class Visit:
    """Somebody who puts books on the pad, lifts them and lends them, while things go wrong."""

    def __init__(self, pad: TagField, part: Pad, witness: Witness, seed: int) -> None:
        self.pad, self.part, self.witness, self.chance = pad, part, witness, random.Random(seed)
        self.outcomes: Counter[Security] = Counter()

    async def goes_on(self, steps: int) -> None:
        for _ in range(steps):
            await self.go_on()
        assert min(self.outcomes[outcome] for outcome in Security) >= 3

    async def go_on(self) -> None:
        barcode, tag = self.chance.choice(list(self.witness.tags.items()))
        match self.chance.choice(["put", "put", "lift", "order", "order", "order", "collide"]):
            case "put":
                self.pad.put_tag(tag)
            case "lift":
                self.pad.take_tag(tag.chip)
            case "collide":
                tag.missed_rounds = 2
            case _:
                await self.order(barcode, tag)
        if self.chance.random() < 0.5:
            await until(lambda: self.witness.believed == set(self.pad.barcodes))

    async def order(self, barcode: str, tag: VirtualTag) -> None:
        secured = self.chance.random() < 0.5
        tag.faults = self.chance.choices([*Fault], k=self.chance.choice([0, 0, 1, 2]))
        outcome = await self.part.set_security(barcode, secured=secured)
        tag.faults = []
        self.outcomes[outcome] += 1
        if outcome is Security.DONE:
            assert tag.secured is secured
