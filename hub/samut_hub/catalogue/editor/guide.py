"""What fields, indicators, subfields and positions of MARC 21 mean, from `marc21.toml` and `fixed.toml`.

Sentences are kept as `Thai | English`; codes as `a+: Thai | English`, where + says that the code may be repeated.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ANY = "*"
"""A code of a local field: whatever stands there is right."""
BLANK = "#"
_FOLDER = Path(__file__).parent
_CODE = re.compile(r"\s*(?P<code>\S|\d-\d)(?P<repeat>\+?): (?P<said>[^;]*)(?:;|$)")
_LAYOUTS = {
    **dict.fromkeys("at", "book"),
    **dict.fromkeys("cdij", "music"),
    **dict.fromkeys("ef", "map"),
    **dict.fromkeys("gkor", "visual"),
    "m": "computer",
    "p": "mixed",
}


@dataclass(frozen=True, slots=True)
class Said:
    """In both languages."""

    th: str
    en: str

    def shown(self, language: str) -> str:
        return self.th if language == "th" else self.en


@dataclass(frozen=True, slots=True)
class Code:
    """What a subfield or the value of an indicator means."""

    said: Said
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class FieldGuide:
    """A field: what it holds, and what may stand in it. Control fields have no codes."""

    tag: str
    name: Said
    help: Said
    repeatable: bool
    indicators: tuple[Mapping[str, Code], Mapping[str, Code]]
    subfields: Mapping[str, Code]

    def knows_subfield(self, code: str) -> bool:
        return code in self.subfields or ANY in self.subfields

    def knows_indicator(self, which: int, value: str) -> bool:
        """`which` is 0 or 1; the value of a blank is a blank."""
        known = self.indicators[which]
        return ANY in known or (BLANK if value == " " else value) in known

    def may_repeat(self, code: str) -> bool:
        known = self.subfields.get(code) or self.subfields.get(ANY)
        return known is None or known.repeatable


@dataclass(frozen=True, slots=True)
class Position:
    """Characters of the leader or of 008 that mean something together. Without codes any text may stand there."""

    at: int
    length: int
    name: Said
    codes: Mapping[str, Code] = field(default_factory=dict)

    @property
    def end(self) -> int:
        return self.at + self.length

    def knows(self, text: str) -> bool:
        return not self.codes or text.replace(" ", BLANK) in self.codes


@cache
def fields() -> Mapping[str, FieldGuide]:
    """By their tags."""
    told = tomllib.loads((_FOLDER / "marc21.toml").read_text(encoding="utf-8"))
    return {tag: _field(tag, one, told) for tag, one in told["fields"].items()}


@cache
def leader_positions() -> tuple[Position, ...]:
    return tuple(map(_position, _fixed()["leader"]))


@cache
def positions_of_008(leader: str) -> tuple[Position, ...]:
    """By the kind of material that bytes 6-7 of the leader tell."""
    layout = layout_of(leader)
    wanted = (one for one in _fixed()["field008"] if layout in one.get("for", (layout,)))
    return tuple(sorted(map(_position, wanted), key=lambda one: one.at))


def layout_of(leader: str) -> str:
    """Which layout 008/18-34 has (MARC 21: leader 6 and 7)."""
    kind, level = leader[6:7], leader[7:8]
    return "serial" if kind == "a" and level in ("b", "i", "s") else _LAYOUTS.get(kind, "book")


@cache
def _fixed() -> Mapping[str, Any]:
    return tomllib.loads((_FOLDER / "fixed.toml").read_text(encoding="utf-8"))


def _field(tag: str, one: Mapping[str, Any], told: Mapping[str, Any]) -> FieldGuide:
    taken = {code: what for name in one.get("with", ()) for code, what in _codes(told["sets"][name]).items()}
    marks = [_codes(_named(one.get(name, ""), told["indicators"])) for name in ("ind1", "ind2")]
    first, second = (found or {BLANK: Code(Said("ไม่กำหนด", "Blank"))} for found in marks)
    return FieldGuide(
        tag,
        _said(one["name"]),
        _said(one["help"]),
        one.get("repeat", False),
        (first, second),
        dict(sorted({**taken, **_codes(one.get("sub", ""))}.items(), key=lambda row: (row[0].isdigit(), row[0]))),
    )


def _named(text: str, sets: Mapping[str, str]) -> str:
    return sets[text[1:]] if text.startswith("@") else text


def _codes(text: str) -> dict[str, Code]:
    found = {}
    for match in _CODE.finditer(text):
        code = Code(_said(match["said"]), bool(match["repeat"]))
        found.update(dict.fromkeys("0123456789" if match["code"] == "0-9" else (match["code"],), code))
    return found


def _position(one: Mapping[str, Any]) -> Position:
    return Position(one["at"], one.get("length", 1), _said(one["name"]), _codes(one.get("codes", "")))


def _said(text: str) -> Said:
    thai, _, english = text.partition(" | ")
    return Said(thai.strip(), english.strip())
