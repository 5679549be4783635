"""Putting what the simple form says into a MARC 21 record: the fields it stands for change, all others stay."""

import re
from collections.abc import Callable, Iterable

from pymarc import Field, Indicators, Leader, Record, Subfield

from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.records.marc import (
    SUBJECT_TAGS,
    Description,
    call_number_field,
    in_thai,
    name_of,
    shown_authors,
    split_values,
    subject_text,
    summary_text,
)
from samut_hub.catalogue.records.materials import leader_for
from samut_hub.catalogue.records.years import BUDDHIST, is_buddhist

_DEWEY = re.compile(r"\d{3}(?!\d)")
_CONGRESS = re.compile(r"[A-Z]{1,3} ?\d")
_END_MARKS = re.compile(r"[ /:;=,.]*$")
_OCCURRENCE = re.compile(r"\d{3}-(?!00)(\d\d)")


def new_record(wanted: Description) -> Record:
    """A record that says what the form says."""
    record = Record()
    record.leader = Leader("00000nam a2200000 u 4500")
    record.fields = [Field(tag="008", data=" " * 40)]
    change_record(record, Description(title="", material=""), wanted)
    return record


def change_record(record: Record, said: Description, wanted: Description) -> None:
    """Write into the record what differs between the form before and after."""
    for name, write in _WRITERS.items():
        if getattr(said, name) != getattr(wanted, name):
            write(record, said, wanted)


def _title(record: Record, said: Description, wanted: Description) -> None:
    """The form has one line for the title: a changed one stands in $a; the statement of responsibility stays."""
    field = record.get("245") or _added(record, "245", "00")
    _replace(in_thai(field, record), "abnp", wanted.title)
    field.indicator2 = "0"


def _authors(record: Record, said: Description, wanted: Description) -> None:
    """Names that stay keep their fields, with dates and roles."""
    listed = split_values(wanted.author)
    for name in _keep(record, shown_authors(record), name_of, listed):
        is_main = name == listed[0] and not any(tag in record for tag in ("100", "110", "111"))
        _added(record, "100" if is_main else "700", "1 " if "," in name else "0 ", ("a", name))


def _publisher(record: Record, said: Description, wanted: Description) -> None:
    _replace(in_thai(_imprint(record), record), "b", wanted.publisher)


def _year(record: Record, said: Description, wanted: Description) -> None:
    """Of the Buddhist Era in 264 where it was so or the work is in Thai; of the Common Era in 008."""
    field = in_thai(_imprint(record), record)
    stated = field.get("c") or ""
    era = BUDDHIST if is_buddhist(stated) or (not stated and wanted.language == "tha") else 0
    _replace(field, "c", str(wanted.year + era) if wanted.year else "")
    _write_008(record, 6, f"s{wanted.year:04d}" if wanted.year else "nuuuu")


def _isbn(record: Record, said: Description, wanted: Description) -> None:
    fields = record.get_fields("020")
    shown = next((field for field in fields if said.isbn and isbn13(field.get("a") or "") == said.isbn), None)
    if shown is not None:
        record.remove_field(shown)
    if wanted.isbn:
        _added(record, "020", "  ", ("a", wanted.isbn))


def _language(record: Record, said: Description, wanted: Description) -> None:
    for field in record.get_fields("041")[:1]:
        _replace(field, "a", wanted.language)
    _write_008(record, 35, wanted.language.ljust(3)[:3])


def _call_number(record: Record, said: Description, wanted: Description) -> None:
    """Dewey numbers belong to 082, those of the Library of Congress to 050, all others to 090."""
    shown = call_number_field(record)
    if shown is not None:
        record.remove_field(shown)
    number = wanted.call_number
    if _DEWEY.match(number):
        _added(record, "082", "04", *_class_and_book(number))
    elif _CONGRESS.match(number):
        _added(record, "050", " 4", *_class_and_book(number))
    elif number:
        _added(record, "090", "  ", ("a", number))


def _class_and_book(number: str) -> list[tuple[str, str]]:
    first, _, rest = number.partition(" ")
    return [("a", first), ("b", rest)] if rest else [("a", first)]


def _subjects(record: Record, said: Description, wanted: Description) -> None:
    fields = record.get_fields(*SUBJECT_TAGS)
    for text in _keep(record, fields, subject_text, split_values(wanted.subjects)):
        first, *divisions = text.split(" -- ")
        _added(record, "650", " 4", ("a", first), *(("x", part) for part in divisions))


def _summary(record: Record, said: Description, wanted: Description) -> None:
    lines = [" ".join(line.split()) for line in wanted.summary.splitlines()]
    for line in _keep(record, record.get_fields("520"), summary_text, lines):
        _added(record, "520", "  ", ("a", line))


def _material(record: Record, said: Description, wanted: Description) -> None:
    leader = str(record.leader)
    record.leader = Leader(f"{leader[:6]}{leader_for(wanted.material)}{leader[8:]}")
    if "ebook" in (said.material, wanted.material):
        _write_008(record, 23, "o" if wanted.material == "ebook" else " ")
    if "game" in (said.material, wanted.material):
        _write_008(record, 33, "g" if wanted.material == "game" else " ")


_WRITERS: dict[str, Callable[[Record, Description, Description], None]] = {
    "material": _material,
    "title": _title,
    "author": _authors,
    "publisher": _publisher,
    "year": _year,
    "isbn": _isbn,
    "language": _language,
    "call_number": _call_number,
    "subjects": _subjects,
    "summary": _summary,
}


def _keep(record: Record, fields: Iterable[Field], text_of: Callable[[Field], str], wanted: list[str]) -> list[str]:
    """Drop the fields whose text is no longer wanted; the texts that no field has yet."""
    said = {}
    for field in fields:
        text = text_of(in_thai(field, record))
        if text and text not in wanted:
            _remove(record, field)
        said[text] = field
    return [text for text in wanted if text and text not in said]


def _remove(record: Record, field: Field) -> None:
    """With the fields that say the same in other letters."""
    link = _OCCURRENCE.match(field.get("6") or "")
    record.remove_field(field)
    for other in record.get_fields("880") if link else ():
        if (other.get("6") or "").startswith(f"{field.tag}-{link[1] if link else ''}"):
            record.remove_field(other)


def _added(record: Record, tag: str, indicators: str, *subfields: tuple[str, str]) -> Field:
    parts = [Subfield(code, value) for code, value in subfields]
    field = Field(tag=tag, indicators=Indicators(indicators[0], indicators[1]), subfields=parts)
    record.add_grouped_field(field)
    return field


def _replace(field: Field, codes: str, value: str) -> None:
    """The value takes the place of the first subfield with such a code and keeps the mark that ended the last.

    A single code that repeats keeps its other values: the form shows the first only.
    """
    places = [place for place, subfield in enumerate(field.subfields) if subfield.code in codes and subfield.code]
    places = places[:1] if len(codes) == 1 else places
    new = [Subfield(codes[0], value)] if value else []
    if places and value:
        marks = _END_MARKS.search(field.subfields[places[-1]].value)
        new = [Subfield(codes[0], value + (marks[0] if marks else ""))]
    at = places[0] if places else _place_for(field, codes[0])
    rest = [subfield for place, subfield in enumerate(field.subfields) if place not in places]
    field.subfields = rest[:at] + new + rest[at:]


def _place_for(field: Field, code: str) -> int:
    return next(
        (place for place, subfield in enumerate(field.subfields) if subfield.code > code), len(field.subfields)
    )


def _imprint(record: Record) -> Field:
    fields = (field for field in record.get_fields("260", "264") if field.tag == "260" or field.indicator2 == "1")
    return next(fields, None) or _added(record, "264", " 1")


def _write_008(record: Record, at: int, text: str) -> None:
    field = record.get("008")
    if field is None:
        field = Field(tag="008", data="")
        record.add_grouped_field(field)
    data = (field.data or "").ljust(40)
    field.data = data[:at] + text + data[at + len(text) :]
