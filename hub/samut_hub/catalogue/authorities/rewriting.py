"""Another form of a heading written into MARC fields: dates, roles and subdivisions stay where they stand."""

import re
from collections.abc import Collection, Iterator, Sequence

from pymarc import Field, Indicators, Record, Subfield

from samut_hub.catalogue.authorities.linking import heading_fields, heading_text
from samut_hub.catalogue.authorities.policy import NAME_TAGS, TAGS, HeadingKind, heading_key
from samut_hub.catalogue.records.marc import in_thai

Change = tuple[str, str | None]
"""A field before and after, as `written` writes it; None when it went, being a second one of the same."""
_MARK = "\x1f"
_END_MARKS = re.compile(r"[ /:;=,.]*$")
_DIVISIONS = "vxyz"
_NO_HEADING = "euw"


def fields_under(record: Record, kind: HeadingKind, keys: Collection[str]) -> Iterator[Field]:
    """The fields, in the form that is shown, whose heading has one of these keys."""
    for field in heading_fields(record):
        shown = in_thai(field, record)
        if TAGS[field.tag] == kind and heading_key(heading_text(shown)) in keys:
            yield shown


def rewrite(record: Record, kind: HeadingKind, keys: Collection[str], text: str) -> list[Change]:
    """Write the text wherever a heading with one of the keys stands; what became the same twice stands once."""
    changes: list[Change] = []
    for field in list(fields_under(record, kind, keys)):
        before = written(field)
        set_heading(field, text)
        after: str | None = written(field)
        if "6" not in field and any(other is not field and written(other) == after for other in record.fields):
            record.remove_field(field)
            after = None
        if before != after:
            changes.append((before, after))
    return changes


def take_back(record: Record, changes: Sequence[Change]) -> None:
    """Put fields back as they were before `rewrite`; one that was changed since stays as it is."""
    for before, after in reversed(changes):
        old = _read(before)
        if after is None:
            record.add_grouped_field(old)
        for field in record.fields if after is not None else ():
            if written(field) == after:
                field.subfields = old.subfields
                break


def set_heading(field: Field, text: str) -> None:
    """The text takes the place of the first subfield of the heading, and keeps the mark that ended its last."""
    places = _places(field)
    marks = _END_MARKS.search(field.subfields[places[-1]].value) if places else None
    end = marks[0] if marks and not text.endswith(".") else ""
    new, at = [Subfield("a", text + end)], places[0] if places else 0
    rest = [subfield for place, subfield in enumerate(field.subfields) if place not in places]
    field.subfields = rest[:at] + new + rest[at:]


def written(field: Field) -> str:
    """The field in one line, with its tag and indicators."""
    if field.control_field:
        return f"{field.tag}{field.data or ''}"
    parts = "".join(f"{_MARK}{subfield.code}{subfield.value}" for subfield in field.subfields)
    return f"{field.tag}{field.indicator1}{field.indicator2}{parts}"


def shown_line(line: str) -> str:
    """A written field as people read one: `650 _4 $a Rivers $x History`."""
    head, *parts = line.split(_MARK)
    indicators = head[3:].replace(" ", "_")
    return " ".join([head[:3], indicators, *(f"${part[:1]} {part[1:]}" for part in parts)])


def _places(field: Field) -> list[int]:
    tag = field.tag if field.tag != "880" else (field.get("6") or "")[:3]
    codes = [subfield.code for subfield in field.subfields]
    if tag in NAME_TAGS:
        of_name = "andc" if tag.endswith("11") else "abc" if tag.endswith("00") else "ab"
        return [place for place, code in enumerate(codes) if code and code in of_name]
    letters = [(place, code) for place, code in enumerate(codes) if code.isalpha() and code.islower()]
    end = next((place for place, code in letters if code in _DIVISIONS), len(codes))
    return [place for place, code in letters if place < end and code not in _NO_HEADING]


def _read(line: str) -> Field:
    head, *parts = line.split(_MARK)
    subfields = [Subfield(part[:1], part[1:]) for part in parts]
    return Field(tag=head[:3], indicators=Indicators(head[3:4], head[4:]), subfields=subfields)
