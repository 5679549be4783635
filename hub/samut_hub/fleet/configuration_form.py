"""A device's configuration as boxes to fill in, generated from the types by which devices check it.

One box for each key: numbers, yes or no, a choice, lines, lines of `name = value`. What no box fits stands as JSON.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

import msgspec
from msgspec import inspect

from samut_wire.configuration import DeskSettings, GateSettings, KioskSettings, Sip2Settings

TABLES: dict[str, type[msgspec.Struct]] = {
    "gate": GateSettings,
    "kiosk": KioskSettings,
    "desk": DeskSettings,
    "sip2": Sip2Settings,
}
SPARE_PARTS = 2
MOST_PARTS = 30


class Box(Enum):
    NUMBER = auto()
    WHOLE = auto()
    TEXT = auto()
    YES_NO = auto()
    CHOICE = auto()
    LINES = auto()
    PAIRS = auto()
    JSON = auto()


class Wrong(Enum):
    """What is wrong with what was typed; pages say it in words."""

    NUMBER = auto()
    WHOLE = auto()
    PAIR = auto()
    NEEDED = auto()
    TWICE = auto()
    NO_DRIVER = auto()
    UNKNOWN_DRIVER = auto()
    NO_PARTS = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: `choices` of a CHOICE; `usual` is its text when nobody sets it."""

    table: str
    name: str
    box: Box
    kind: Any
    usual: str = ""
    needed: bool = False
    choices: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part as three boxes; `options` has a line for each."""

    name: str = ""
    driver: str = ""
    options: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.driver or self.options)


@dataclass(frozen=True, slots=True)
class Fault:
    """`where` is a key's id, `parts`, or `part-3`; `said` are the words of the check itself."""

    where: str
    wrong: Wrong
    said: str = ""


@dataclass
class Filled:
    """The boxes as they are filled, what stands in them, and what is wrong with that."""

    role: str
    texts: dict[str, str]
    parts: list[PartRow]
    has_sip2: bool = False
    content: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def keys(self) -> Iterator[tuple[str, list[Key]]]:
        """By table, in the order of the types."""
        for table in (self.role, "sip2"):
            yield table, keys_of(table)

    def faults_at(self, where: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.where == where]


def keys_of(table: str) -> list[Key]:
    told = inspect.type_info(TABLES[table])
    if not isinstance(told, inspect.StructType):
        raise TypeError(table)
    return [_key(table, one) for one in told.fields]


def filled_from(content: Mapping[str, Any], role: str) -> Filled:
    """The boxes for a configuration that is there."""
    texts: dict[str, str] = {}
    for table in (role, "sip2"):
        values = content.get(table) or {}
        texts |= {key.id: _text(key, values[key.name]) if key.name in values else key.usual for key in keys_of(table)}
    parts = [
        PartRow(name, str(part.get("driver", "")), _lines(part.get("options") or {}))
        for name, part in (content.get("parts") or {}).items()
    ]
    return Filled(role, texts, parts, has_sip2=content.get("sip2") is not None)


def read(given: Mapping[str, str], role: str, drivers: frozenset[str]) -> Filled:
    """What somebody typed. `drivers` are those that the device has, empty where it has not said."""
    texts = {key.id: given.get(key.id, "").strip() for table in (role, "sip2") for key in keys_of(table)}
    filled = Filled(role, texts, _rows(given), has_sip2=bool(given.get("sip2")))
    filled.content[role] = _table(filled, role)
    if filled.has_sip2:
        filled.content["sip2"] = _table(filled, "sip2")
    filled.content["parts"] = _parts(filled, drivers)
    return filled


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """Key, before and after, of what is not the same in two configurations."""
    old, new = dict(_flat(before or {})), dict(_flat(after or {}))
    names = [*old, *(name for name in new if name not in old)]
    return [(name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name)]


def _rows(given: Mapping[str, str]) -> list[PartRow]:
    rows = (
        PartRow(*(given.get(f"part-{number}.{name}", "").strip() for name in ("name", "driver", "options")))
        for number in range(MOST_PARTS)
    )
    return [row for row in rows if not row.is_empty]


def _table(filled: Filled, table: str) -> dict[str, Any]:
    values = {}
    for key in keys_of(table):
        text = filled.texts[key.id]
        if not text and key.box not in (Box.YES_NO, Box.LINES, Box.PAIRS):
            if key.needed:
                filled.faults.append(Fault(key.id, Wrong.NEEDED))
            continue
        try:
            values[key.name] = msgspec.convert(_value(key, text), key.kind)
        except msgspec.ValidationError as error:
            filled.faults.append(Fault(key.id, Wrong.OTHER, str(error)))
        except _TypingError as error:
            filled.faults.append(Fault(key.id, error.wrong, error.line))
    told: dict[str, Any] = msgspec.to_builtins(values)
    return told


def _parts(filled: Filled, drivers: frozenset[str]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if not filled.parts:
        filled.faults.append(Fault("parts", Wrong.NO_PARTS))
    for number, row in enumerate(filled.parts):
        where = f"part-{number}"
        if not row.name:
            filled.faults.append(Fault(where, Wrong.NEEDED))
        elif row.name in parts:
            filled.faults.append(Fault(where, Wrong.TWICE, row.name))
        elif not row.driver:
            filled.faults.append(Fault(where, Wrong.NO_DRIVER))
        elif drivers and row.driver not in drivers:
            filled.faults.append(Fault(where, Wrong.UNKNOWN_DRIVER, row.driver))
        try:
            parts[row.name] = {"driver": row.driver, "options": dict(_pairs(row.options))}
        except _TypingError as error:
            filled.faults.append(Fault(where, error.wrong, error.line))
    return parts


class _TypingError(Exception):
    def __init__(self, wrong: Wrong, line: str = "") -> None:
        super().__init__(wrong.name)
        self.wrong = wrong
        self.line = line


def _key(table: str, one: inspect.Field) -> Key:
    box, choices = _box(one.type)
    kind = next(own.type for own in msgspec.structs.fields(TABLES[table]) if own.name == one.name)
    key = Key(table, one.name, box, kind, needed=one.required and box is not Box.PAIRS, choices=choices)
    return key if one.required else replace(key, usual=_text(key, _usual(one)))


def _usual(one: inspect.Field) -> Any:
    return one.default_factory() if one.default is msgspec.NODEFAULT else one.default


def _box(kind: inspect.Type) -> tuple[Box, tuple[str, ...]]:
    match kind:
        case inspect.UnionType(types=types):
            real = [one for one in types if not isinstance(one, inspect.NoneType)]
            return _box(real[0]) if len(real) == 1 else (Box.JSON, ())
        case inspect.BoolType():
            return Box.YES_NO, ()
        case inspect.IntType():
            return Box.WHOLE, ()
        case inspect.FloatType():
            return Box.NUMBER, ()
        case inspect.StrType():
            return Box.TEXT, ()
        case inspect.LiteralType(values=values):
            return Box.CHOICE, tuple(str(value) for value in values)
        case inspect.VarTupleType(item_type=inspect.StrType()) | inspect.ListType(item_type=inspect.StrType()):
            return Box.LINES, ()
        case inspect.DictType(key_type=inspect.StrType(), value_type=inspect.StrType() | inspect.LiteralType()):
            return Box.PAIRS, ()
        case _:
            return Box.JSON, ()


def _text(key: Key, value: Any) -> str:
    if value is None:
        return ""
    match key.box:
        case Box.YES_NO:
            return "yes" if value else ""
        case Box.LINES:
            return "\n".join(map(str, value))
        case Box.PAIRS:
            return "\n".join(f"{name} = {one}" for name, one in value.items())
        case Box.JSON:
            return json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=1)
        case Box.NUMBER:
            return f"{value:g}"
        case _:
            return str(value)


def _value(key: Key, text: str) -> Any:
    match key.box:
        case Box.YES_NO:
            return bool(text)
        case Box.NUMBER | Box.WHOLE:
            return _number(key.box, text)
        case Box.LINES:
            return [line.strip() for line in text.splitlines() if line.strip()]
        case Box.PAIRS:
            return {name: str(value) for name, value in _pairs(text)}
        case Box.JSON:
            try:
                return json.loads(text)
            except ValueError:
                raise _TypingError(Wrong.OTHER, text[:60]) from None
        case _:
            return text


def _number(box: Box, text: str) -> float | int:
    try:
        return int(text) if box is Box.WHOLE else float(text.replace(",", "."))
    except ValueError:
        raise _TypingError(Wrong.WHOLE if box is Box.WHOLE else Wrong.NUMBER, text[:60]) from None


def _pairs(text: str) -> Iterator[tuple[str, Any]]:
    """Lines of `name = value`; a value that is none of TOML is the text itself."""
    for line in text.splitlines():
        if not line.strip():
            continue
        name, sign, value = (piece.strip() for piece in line.partition("="))
        if not sign or not name:
            raise _TypingError(Wrong.PAIR, line.strip()[:60])
        yield name, _toml(value)


def _toml(value: str) -> Any:
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _lines(options: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {_as_toml(value)}" for name, value in options.items())


def _as_toml(value: Any) -> str:
    """JSON is TOML for what stands in options: numbers, texts, yes and no, lists; tables of them need TOML's form."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {_as_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_as_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _flat(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each key as its box shows it; of a part its driver and options."""
    for table, values in content.items():
        known = {key.name: key for key in keys_of(table)} if table in TABLES else {}
        for name, value in values.items():
            if table == "parts":
                yield f"parts.{name}", f"{value.get('driver', '')}\n{_lines(value.get('options') or {})}".strip()
            else:
                yield f"{table}.{name}", _text(known[name], value) if name in known else _as_toml(value)
