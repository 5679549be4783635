"""What is wrong with a record that was typed: errors stop saving, warnings do not."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pymarc import Field

from samut_hub.catalogue.editor.guide import fields, leader_positions, positions_of_008
from samut_hub.catalogue.editor.lines import LEADER_LENGTH, Line, Lines, is_control
from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.records.issn import issn8
from samut_hub.catalogue.records.marc import describe

LENGTH_008, LENGTH_006 = 40, 18
LONGEST_FIELD = 9999
"""Bytes: what the directory of ISO 2709 can tell."""
MOST_FIELDS = 2000
ONCE = ("001", "003", "005", "008", "245")


class Fault(StrEnum):
    """What is wrong. `about` in `Finding` says which."""

    UNREADABLE = "unreadable"
    NO_LEADER = "no_leader"
    LEADER_LENGTH = "leader_length"
    TAG = "tag"
    NO_TITLE = "no_title"
    NO_SUBFIELDS = "no_subfields"
    SUBFIELD_CODE = "subfield_code"
    INDICATOR_LENGTH = "indicator_length"
    CONTROL_CHARACTER = "control_character"
    LENGTH_008 = "length_008"
    LENGTH_006 = "length_006"
    ONLY_ONCE = "only_once"
    TOO_MANY = "too_many"
    UNKNOWN_TAG = "unknown_tag"
    WRONG_INDICATOR = "wrong_indicator"
    UNKNOWN_SUBFIELD = "unknown_subfield"
    EMPTY_SUBFIELD = "empty_subfield"
    REPEATED_FIELD = "repeated_field"
    REPEATED_SUBFIELD = "repeated_subfield"
    BAD_ISBN = "bad_isbn"
    BAD_ISSN = "bad_issn"
    UNKNOWN_CODE = "unknown_code"
    NO_008 = "no_008"
    TOO_LONG = "too_long"


_WARNINGS = {
    Fault.UNKNOWN_TAG, Fault.WRONG_INDICATOR, Fault.UNKNOWN_SUBFIELD, Fault.EMPTY_SUBFIELD, Fault.REPEATED_FIELD,
    Fault.REPEATED_SUBFIELD, Fault.BAD_ISBN, Fault.BAD_ISSN, Fault.UNKNOWN_CODE, Fault.NO_008, Fault.TOO_LONG,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in which line (0: in the record as a whole)."""

    fault: Fault
    line: int = 0
    tag: str = ""
    about: str = ""

    @property
    def is_error(self) -> bool:
        return self.fault not in _WARNINGS


def findings(lines: Lines) -> list[Finding]:
    """Everything, in the order of the lines; what concerns the whole record first."""
    found = [*_of_leader(lines), *_of_record(lines)]
    for line in lines.fields:
        found += _of_line(line, lines.leader)
    return sorted(found, key=lambda one: one.line)


def _of_leader(lines: Lines) -> Iterator[Finding]:
    if not lines.leader_line:
        yield Finding(Fault.NO_LEADER)
    elif len(lines.leader) != LEADER_LENGTH or not (lines.leader.isascii() and lines.leader.isprintable()):
        yield Finding(Fault.LEADER_LENGTH, lines.leader_line, "LDR", str(len(lines.leader)))
    else:
        for position in leader_positions():
            if not position.knows(lines.leader[position.at : position.end]):
                yield _code_finding(lines.leader_line, "LDR", position.at, lines.leader)


def _of_record(lines: Lines) -> Iterator[Finding]:
    seen = Counter(line.tag for line in lines.fields)
    if len(lines.fields) > MOST_FIELDS:
        yield Finding(Fault.TOO_MANY, about=str(MOST_FIELDS))
    if not any(line.tag == "245" and line.field is not None and _has_title(lines, line) for line in lines.fields):
        yield Finding(Fault.NO_TITLE, tag="245")
    if "008" not in seen:
        yield Finding(Fault.NO_008, tag="008")
    for tag, count in seen.items():
        guide = fields().get(tag)
        if count > 1 and (tag in ONCE or (guide is not None and not guide.repeatable)):
            last = max(line.number for line in lines.fields if line.tag == tag)
            yield Finding(Fault.ONLY_ONCE if tag in ONCE else Fault.REPEATED_FIELD, last, tag)


def _has_title(lines: Lines, line: Line) -> bool:
    """Whether the record would be shown with a title: also one in Thai letters in 880 counts."""
    only = Lines("00000nam a2200000 i 4500", 1, [one for one in lines.fields if one is line or one.tag == "880"])
    return bool(describe(only.record()).title)


def _of_line(line: Line, leader: str) -> Iterator[Finding]:
    if line.field is None:
        yield Finding(Fault.UNREADABLE, line.number, line.tag)
    elif not (line.tag.isalnum() and line.tag.isascii()):
        yield Finding(Fault.TAG, line.number, line.tag)
    elif is_control(line.tag):
        yield from _of_control_field(line, line.field.data or "", leader)
    else:
        yield from _of_field(line, line.field)


def _of_control_field(line: Line, data: str, leader: str) -> Iterator[Finding]:
    if not data.isprintable():
        yield Finding(Fault.CONTROL_CHARACTER, line.number, line.tag)
    if line.tag not in fields():
        yield Finding(Fault.UNKNOWN_TAG, line.number, line.tag)
    if line.tag == "006" and len(data) != LENGTH_006:
        yield Finding(Fault.LENGTH_006, line.number, line.tag, str(len(data)))
    if line.tag == "008" and len(data) != LENGTH_008:
        yield Finding(Fault.LENGTH_008, line.number, line.tag, str(len(data)))
    elif line.tag == "008":
        for position in positions_of_008(leader):
            if not position.knows(data[position.at : position.end]):
                yield _code_finding(line.number, "008", position.at, data)


def _of_field(line: Line, field: Field) -> Iterator[Finding]:
    if not field.subfields:
        yield Finding(Fault.NO_SUBFIELDS, line.number, line.tag)
    if len(field.indicator2) != 1:
        yield Finding(Fault.INDICATOR_LENGTH, line.number, line.tag, f"{field.indicator1}{field.indicator2}")
    for code, value in field.subfields:
        if not code.isalnum() or not code.isascii():
            yield Finding(Fault.SUBFIELD_CODE, line.number, line.tag, code)
        if any(ord(one) < 32 or 127 <= ord(one) < 160 for one in value):
            yield Finding(Fault.CONTROL_CHARACTER, line.number, line.tag, code)
        if not value.strip():
            yield Finding(Fault.EMPTY_SUBFIELD, line.number, line.tag, code)
    yield from _by_guide(line, field)
    yield from _of_numbers(line, field)
    if len(field.format_field().encode()) > LONGEST_FIELD:
        yield Finding(Fault.TOO_LONG, line.number, line.tag)


def _by_guide(line: Line, field: Field) -> Iterator[Finding]:
    guide = fields().get(line.tag)
    if guide is None:
        if "9" not in line.tag:
            yield Finding(Fault.UNKNOWN_TAG, line.number, line.tag)
        return
    for which, value in enumerate((field.indicator1, field.indicator2)):
        if len(value) == 1 and not guide.knows_indicator(which, value):
            yield Finding(Fault.WRONG_INDICATOR, line.number, line.tag, f"{which + 1}: {value.replace(' ', '#')}")
    for code, count in Counter(part.code for part in field.subfields).items():
        if not guide.knows_subfield(code) and code != "9":
            yield Finding(Fault.UNKNOWN_SUBFIELD, line.number, line.tag, code)
        elif count > 1 and not guide.may_repeat(code):
            yield Finding(Fault.REPEATED_SUBFIELD, line.number, line.tag, code)


def _of_numbers(line: Line, field: Field) -> Iterator[Finding]:
    """Numbers with a check digit; a price or a word after the number does not matter."""
    wrong = {"020": (isbn13, Fault.BAD_ISBN), "022": (issn8, Fault.BAD_ISSN)}.get(line.tag)
    for value in field.get_subfields("a") if wrong else ():
        if wrong and not wrong[0](value):
            yield Finding(wrong[1], line.number, line.tag, value)


def _code_finding(line: int, tag: str, at: int, data: str) -> Finding:
    return Finding(Fault.UNKNOWN_CODE, line, tag, f"{at:02d}: {data[at : at + 1].replace(' ', '#')}")
