"""Which fields the forms of titles and items show, for each kind of material: what a library starts with, and how its
own wishes go over that.

A library says something for all kinds of material, or for one. What it says for one kind goes before what it says for
all, and both before what stands here; each property by itself, so a wish for all hides nothing that a kind needs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

EVERY_MATERIAL = ""
OWN = "own-"
"""Begins the names of fields that a library added: the number of the field follows."""
_LAST = 1000
"""Fields that a library added stand after all others until it moves them."""


class Of(StrEnum):
    """Whose form it is."""

    TITLE = "title"
    ITEM = "item"


class Shown(StrEnum):
    """Where in the form a field stands."""

    FIRST = "first"
    MORE = "more"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class FieldShape:
    """One field in the form. `default` is what stands in it when something new is described."""

    name: str
    shown: Shown = Shown.FIRST
    required: bool = False
    repeatable: bool = False
    default: str = ""
    position: int = 0

    @property
    def own_id(self) -> int | None:
        """The number of a field that the library added."""
        return int(self.name.removeprefix(OWN)) if self.name.startswith(OWN) else None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a library wants of a field; None stands for: as it was."""

    shown: str | None = None
    required: bool | None = None
    repeatable: bool | None = None
    default: str | None = None
    position: int | None = None

    @property
    def is_empty(self) -> bool:
        return self == Wish()


class Family(StrEnum):
    """Kinds of material that are described alike."""

    BOOK = "book"
    THESIS = "thesis"
    SERIAL = "serial"
    CLIPPING = "clipping"
    SHEET = "sheet"
    RECORDING = "recording"
    OBJECT = "object"


_FAMILIES = {
    "thesis": Family.THESIS,
    **dict.fromkeys(("journal", "magazine", "newspaper"), Family.SERIAL),
    "clipping": Family.CLIPPING,
    **dict.fromkeys(("music_score", "map", "picture"), Family.SHEET),
    **dict.fromkeys(("video", "film", "audio", "computer_file"), Family.RECORDING),
    **dict.fromkeys(("kit", "game", "equipment", "tablet"), Family.OBJECT),
}

ALWAYS = {Of.TITLE: ("title", "material"), Of.ITEM: ("accession_number",)}
"""Without these nothing can be described: they are shown, and asked for."""
MAY_REPEAT = {"author", "subjects", "series"}
"""Fields that every library has and that take several values, with semicolons between them."""

_TITLE = {
    Shown.FIRST: "material language title author isbn call_number publisher year subjects summary",
    Shown.MORE: "edition publication_place extent series annotation promotion",
    Shown.HIDDEN: "issn frequency",
}
_ITEM = {
    Shown.FIRST: "accession_number call_number place_id category_id status source price received_on",
    Shown.MORE: "barcode rfid scheme service_charge loan_days fine_per_day note",
    Shown.HIDDEN: "serial_number warranty_until parts",
}
_TITLE_OF: dict[Family, dict[Shown, str]] = {
    Family.BOOK: {},
    Family.THESIS: {Shown.HIDDEN: "isbn series", Shown.FIRST: "extent"},
    Family.SERIAL: {Shown.FIRST: "issn frequency", Shown.MORE: "author", Shown.HIDDEN: "isbn edition series"},
    Family.CLIPPING: {Shown.HIDDEN: "isbn edition series publication_place"},
    Family.SHEET: {Shown.FIRST: "extent", Shown.MORE: "isbn"},
    Family.RECORDING: {Shown.FIRST: "extent", Shown.MORE: "isbn"},
    Family.OBJECT: {
        Shown.MORE: "call_number subjects",
        Shown.HIDDEN: "author isbn language publication_place series",
    },
}
_ITEM_OF: dict[Family, dict[Shown, str]] = {
    Family.RECORDING: {Shown.MORE: "parts"},
    Family.OBJECT: {Shown.FIRST: "serial_number warranty_until parts", Shown.MORE: "call_number"},
}


def family_of(code: str) -> Family:
    """`code` is that of a kind that a library starts with."""
    return _FAMILIES.get(code, Family.BOOK)


def shipped(of: Of, like: str | None) -> dict[str, FieldShape]:
    """The fields as a library finds them: for a kind of material like this one, or for all (None)."""
    base, special = (_TITLE, _TITLE_OF) if of == Of.TITLE else (_ITEM, _ITEM_OF)
    names = [(name, shown) for shown, some in base.items() for name in some.split()]
    shapes = {
        name: FieldShape(name, shown, name in ALWAYS[of], name in MAY_REPEAT, position=position)
        for position, (name, shown) in enumerate(names)
    }
    for shown, some in (special.get(family_of(like), {}) if like is not None else {}).items():
        shapes |= {name: replace(shapes[name], shown=shown) for name in some.split()}
    return shapes


def own(field_id: int) -> FieldShape:
    """A field that a library has just added."""
    return FieldShape(f"{OWN}{field_id}", position=_LAST + field_id)


def shaped(shapes: Mapping[str, FieldShape], *layers: Mapping[str, Wish]) -> list[FieldShape]:
    """The fields in their order after these wishes, each layer going over those before it."""
    found = dict(shapes)
    for layer in layers:
        found |= {name: _with(found[name], wish) for name, wish in layer.items() if name in found}
    return sorted(found.values(), key=lambda shape: (shape.position, shape.name))


def wishes(before: Iterable[FieldShape], wanted: Iterable[FieldShape]) -> dict[str, Wish]:
    """What a library wants otherwise; the order is kept whole or not at all."""
    was, ordered = {shape.name: shape for shape in before}, list(wanted)
    moved = [shape.name for shape in ordered] != list(was)
    return {
        shape.name: _difference(was[shape.name], shape, position if moved else None)
        for position, shape in enumerate(ordered)
    }


def _difference(before: FieldShape, wanted: FieldShape, position: int | None) -> Wish:
    return Wish(
        shown=None if wanted.shown == before.shown else wanted.shown.value,
        required=None if wanted.required == before.required else wanted.required,
        repeatable=None if wanted.repeatable == before.repeatable else wanted.repeatable,
        default=None if wanted.default == before.default else wanted.default,
        position=position,
    )


def _with(shape: FieldShape, wish: Wish) -> FieldShape:
    return FieldShape(
        shape.name,
        shape.shown if wish.shown is None else Shown(wish.shown),
        shape.required if wish.required is None else wish.required,
        shape.repeatable if wish.repeatable is None else wish.repeatable,
        shape.default if wish.default is None else wish.default,
        shape.position if wish.position is None else wish.position,
    )
