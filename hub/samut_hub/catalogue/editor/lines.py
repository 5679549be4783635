"""A record as lines that a person can edit, one for each field, and back, with nothing lost.

    LDR 00000nam#a2200000#i#4500
    008 261121s2026####th#a##########000#1#tha##
    245 10 $aบ้านริมคลอง /$cธารา เมฆขาว

A blank in the leader, in 006-008 and in indicators is written #. What would be misread stands in braces: {dollar} for
a dollar sign in a text, {u0007} for a character that cannot be seen.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pymarc import Field, Indicators, Leader, Record, Subfield

LEADER_TAG, LEADER_LENGTH = "LDR", 24
_FIXED = ("006", "007", "008")
_LINE_END = re.compile(r"\r\n|\r|\n")
_ESCAPE = re.compile(r"\{(?:(dollar)|(lcub)|(num)|u([0-9a-f]{4,6}))\}")
_LOOKS_ESCAPED = re.compile(r"\{(?=(?:dollar|lcub|num|u[0-9a-f]{4,6})\})")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Line:
    """One field as it stands in the text. `number` counts from 1; None where the field is not readable."""

    number: int
    tag: str
    field: Field | None = None


@dataclass(slots=True)
class Lines:
    """What a text says: the leader, if a right one stands in it, and its fields."""

    leader: str = ""
    leader_line: int = 0
    fields: list[Line] = field(default_factory=list)

    def record(self) -> Record:
        """The record; only for a text without errors."""
        record = Record()
        record.leader = Leader(self.leader)
        record.fields = [line.field for line in self.fields if line.field is not None]
        return record


def text_of(record: Record) -> str:
    return "\n".join([f"{LEADER_TAG} {_fixed_text(str(record.leader))}", *map(_line_of, record.fields)]) + "\n"


def read_lines(text: str) -> Lines:
    """What is said, as far as it can be read: whether it is right is for `checking` to say."""
    found = Lines()
    for number, line in _numbered(text):
        tag, rest = line[:3], line[3:].removeprefix(" ")
        if tag == LEADER_TAG:
            found.leader, found.leader_line = _read(rest.replace("#", " ")), number
        else:
            found.fields.append(Line(number, tag, _field(tag, rest) if _is_field(line) else None))
    return found


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(_LINE_END.split(text), start=1) if line.strip())


def _is_field(line: str) -> bool:
    return len(line) > 3 and line[3] == " " and line[:3].isascii()


def is_control(tag: str) -> bool:
    return tag < "010" and tag.isdigit()


def _line_of(one: Field) -> str:
    if one.control_field:
        data = one.data or ""
        return f"{one.tag} {_fixed_text(data) if one.tag in _FIXED else _escaped(data)}"
    marks = _fixed_text(f"{one.indicator1}{one.indicator2}")
    parts = "".join(f"${_escaped(part.code)}{_escaped(part.value)}" for part in one.subfields)
    return f"{one.tag} {marks} {parts}" if parts else f"{one.tag} {marks}"


def _field(tag: str, rest: str) -> Field:
    if is_control(tag):
        return Field(tag=tag, data=_read(rest.replace("#", " ") if tag in _FIXED else rest))
    marks, *parts = rest.split("$")
    if parts and len(marks) > 2:
        marks = marks.removesuffix(" ")
    marks = _read(marks.replace("#", " ")).ljust(2)
    subfields = [Subfield(text[:1], text[1:]) for text in map(_read, parts)]
    return Field(tag=tag, indicators=Indicators(marks[0], marks[1:]), subfields=subfields)


def _fixed_text(text: str) -> str:
    return _escaped(text.replace("#", "\0")).replace("{u0000}", "{num}").replace(" ", "#")


def _escaped(text: str) -> str:
    text = _LOOKS_ESCAPED.sub("{lcub}", text).replace("$", "{dollar}")
    return _UNSEEN.sub(lambda found: f"{{u{ord(found[0]):04x}}}", text)


def _read(text: str) -> str:
    return _ESCAPE.sub(_meant, text)


def _meant(found: re.Match[str]) -> str:
    dollar, brace, number, code = found.groups()
    return "$" if dollar else "{" if brace else "#" if number else _character(code)


def _character(code: str) -> str:
    """The replacement character for a number that is none of Unicode's."""
    number = int(code, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def with_positions(text: str, chosen: Mapping[tuple[str, int, int], str]) -> str:
    """The text with other characters in these places of the leader and of 008; the first line with the tag counts."""
    lines = _LINE_END.split(text)
    for (tag, at, length), said in chosen.items():
        number = next((number for number, line in enumerate(lines) if line[:3] == tag), None)
        if number is not None:
            data = lines[number][4:].ljust(at + length, "#")
            new = said.replace(" ", "#").ljust(length, "#")[:length]
            lines[number] = f"{tag} {data[:at]}{new}{data[at + length :]}"
    return "\n".join(lines)
