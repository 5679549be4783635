"""What lies on a pad: tags become items, the parts of a set come together, and only changes are told."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from samut_edge.devices.library_tag import ItemTag, stranger_of
from samut_edge.events import ItemGone, ItemSeen, PartEvent, StrangeTag


@dataclass(frozen=True, slots=True)
class LyingTag:
    """`tag` is None when it could not be read; `secured` when it is not known what it says to the exit."""

    chip: str
    tag: ItemTag | None
    secured: bool | None = None


class LyingTags:
    """Parts that were laid, or lifted, between two calls of `news` are told as one."""

    def __init__(self, part: str, library: str) -> None:
        self._part, self._library = part, library
        self._tags: dict[str, LyingTag] = {}
        self._told: dict[str, ItemSeen] = {}
        self._hinted: set[str] = set()

    def __contains__(self, chip: object) -> bool:
        return chip in self._tags

    def __iter__(self) -> Iterator[LyingTag]:
        return iter(list(self._tags.values()))

    def lay(self, tag: LyingTag) -> None:
        self._tags[tag.chip] = tag

    def lift(self, chip: str) -> None:
        self._tags.pop(chip, None)

    def know(self, chip: str, secured: bool | None) -> None:
        """What the tag says to the exit, as it was read just now."""
        if chip in self._tags:
            self._tags[chip] = replace(self._tags[chip], secured=secured)

    def chips_of(self, barcode: str) -> list[str]:
        """Item numbers are told apart without regard to case, as on the hub."""
        items = self._items().items()
        return [each.chip for number, tags in items if number.casefold() == barcode.casefold() for each in tags]

    @property
    def strangers(self) -> int:
        return sum(stranger_of(each.tag, self._library) is not None for each in self._tags.values())

    def news(self) -> list[PartEvent]:
        """What changed since it was last told: items that went, then items and parts that came, then strangers."""
        items = {barcode: self._seen(barcode, tags) for barcode, tags in self._items().items()}
        away = [self._told[barcode] for barcode in self._told if barcode not in items]
        gone = [ItemGone(self._part, item.barcode, item.tag) for item in away]
        come = [item for barcode, item in items.items() if _count(self._told.get(barcode)) != _count(item)]
        self._told = items
        return [*gone, *come, *self._hints()]

    def _items(self) -> dict[str, list[LyingTag]]:
        items: dict[str, list[LyingTag]] = {}
        for each in self._tags.values():
            if each.tag is not None and stranger_of(each.tag, self._library) is None:
                items.setdefault(each.tag.barcode, []).append(each)
        return items

    def _seen(self, barcode: str, tags: list[LyingTag]) -> ItemSeen:
        of = max(each.tag.parts for each in tags if each.tag)
        parts = {each.tag.part for each in tags if each.tag}
        seen = of if 0 in parts else min(len(parts), of)  # 0: one tag for the whole package
        return ItemSeen(self._part, barcode, tags[-1].chip, seen, of, _secured(tags))

    def _hints(self) -> list[PartEvent]:
        reasons = {each.chip: stranger_of(each.tag, self._library) for each in self._tags.values()}
        strange = {chip: why for chip, why in reasons.items() if why is not None}
        new = [StrangeTag(self._part, chip, why) for chip, why in strange.items() if chip not in self._hinted]
        self._hinted = set(strange)
        return [*new]


def _count(item: ItemSeen | None) -> tuple[int, int] | None:
    return (item.seen, item.of) if item else None


def _secured(tags: list[LyingTag]) -> bool | None:
    """One tag that is secured makes the exit alarm; all must be known to be cleared before the item is."""
    states = {each.secured for each in tags}
    if True in states:
        return True
    return None if None in states else False
