"""Putting what the simple form says into a MARC 21 record: the fields it stands for change, all others stay."""

import re
from collections.abc import Callable, Iterable

from pymarc import Field, Indicators, Leader, Record, Subfield

from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.records.issn import issn8, shown_issn
from samut_hub.catalogue.records.marc import (
    ANNOTATION,
    PROMOTION_MARK,
    PROMOTION_TAG,
    SUBJECT_TAGS,
    TRACED_SERIES_TAG,
    Description,
    annotation_fields,
    call_number_field,
    in_thai,
    name_of,
    note_text,
    promotion_fields,
    series_fields,
    series_parts,
    series_text,
    shown_authors,
    split_values,
    subject_text,
    summary_fields,
)
from samut_hub.catalogue.records.materials import material_like
from samut_hub.catalogue.records.years import BUDDHIST, is_buddhist

_DEWEY = re.compile(r"\d{3}(?!\d)")
_MEDICINE = re.compile(r"(?:Q[S-Z]|W[A-Z]?) ?\d")
_CONGRESS = re.compile(r"[A-Z]{1,3} ?\d")
_END_MARKS = re.compile(r"[ /:;=,.]*$")
_EXTENT_MARKS = re.compile(" ([:;+]) ")
_AFTER_MARK = {":": "b", ";": "c", "+": "e"}
_NOT_CODED = "|"
"""In 008: nobody has tried to say it. A blank says something else there, or nothing that MARC 21 knows."""
_OCCURRENCE = re.compile(r"\d{3}-(?!00)(\d\d)")


def new_record(wanted: Description) -> Record:
    """A record that says what the form says."""
    record = Record()
    record.leader = Leader("00000nam a2200000 u 4500")
    record.fields = [Field(tag="008", data=f"{'':18}{_NOT_CODED * 17}{'':5}")]
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
    _replace_shown(record, _imprint(record), "b", wanted.publisher)


def _publication_place(record: Record, said: Description, wanted: Description) -> None:
    _replace_shown(record, _imprint(record), "a", wanted.publication_place)


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
    """Dewey numbers belong to 082, those of the Library of Congress to 050, of NLM to 060, all others to 090."""
    shown = call_number_field(record)
    if shown is not None:
        record.remove_field(shown)
    number = wanted.call_number
    if _DEWEY.match(number):
        _added(record, "082", "04", *_class_and_book(number))
    elif _MEDICINE.match(number):
        _added(record, "060", " 4", *_class_and_book(number))
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
    for line in _keep(record, summary_fields(record), note_text, _lines(wanted.summary)):
        _added(record, "520", "  ", ("a", line))


def _annotation(record: Record, said: Description, wanted: Description) -> None:
    for line in _keep(record, annotation_fields(record), note_text, _lines(wanted.annotation)):
        _added(record, "520", f"{ANNOTATION} ", ("a", line))


def _promotion(record: Record, said: Description, wanted: Description) -> None:
    for line in _keep(record, promotion_fields(record), note_text, _lines(wanted.promotion)):
        _added(record, PROMOTION_TAG, "  ", ("a", line), ("2", PROMOTION_MARK))


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def _issn(record: Record, said: Description, wanted: Description) -> None:
    fields = record.get_fields("022")
    shown = next((field for field in fields if said.issn and issn8(field.get("a") or "") == said.issn), None)
    if shown is not None and wanted.issn:
        _replace(shown, "a", shown_issn(wanted.issn))
    elif shown is not None:
        record.remove_field(shown)
    elif wanted.issn:
        _added(record, "022", "  ", ("a", shown_issn(wanted.issn)))


def _edition(record: Record, said: Description, wanted: Description) -> None:
    _write_line(record, "250", "ab", [("a", wanted.edition)])


def _frequency(record: Record, said: Description, wanted: Description) -> None:
    _write_line(record, "310", "a", [("a", wanted.frequency)])


def _extent(record: Record, said: Description, wanted: Description) -> None:
    """The marks of ISBD tell the parts: other details after a colon, size after a semicolon, additions after plus."""
    first, *rest = _EXTENT_MARKS.split(wanted.extent)
    marks, texts = rest[::2], [first, *rest[1::2]]
    codes = ["a", *(_AFTER_MARK[mark] for mark in marks)]
    ends = [*(f" {mark}" for mark in marks), ""]
    _write_line(
        record, "300", "abce", [(code, text + end) for code, text, end in zip(codes, texts, ends, strict=True)]
    )


def _series(record: Record, said: Description, wanted: Description) -> None:
    """The traced form (830) of a series that is dropped goes with it."""
    listed = split_values(wanted.series)
    new = _keep(record, series_fields(record), series_text, listed)
    dropped = set(split_values(said.series)).difference(listed)
    for field in record.get_fields(TRACED_SERIES_TAG):
        if not listed or series_text(in_thai(field, record)) in dropped:
            _remove(record, field)
    for text in new:
        name, number = series_parts(text)
        _added(record, "490", "0 ", ("a", name), *([("v", number)] if number else []))


def _material(record: Record, said: Description, wanted: Description) -> None:
    before, after, leader = material_like(said.material), material_like(wanted.material), str(record.leader)
    record.leader = Leader(f"{leader[:6]}{after.leader}{leader[8:]}")
    for at, _ in before.codes:
        _write_008(record, at, _NOT_CODED)
    for at, code in after.codes:
        _write_008(record, at, code)


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
    "issn": _issn,
    "edition": _edition,
    "publication_place": _publication_place,
    "extent": _extent,
    "series": _series,
    "frequency": _frequency,
    "annotation": _annotation,
    "promotion": _promotion,
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


def _replace_shown(record: Record, field: Field, code: str, value: str) -> None:
    """In the form that is shown; what is emptied must not show again in the other letters."""
    _replace(in_thai(field, record), code, value)
    if not value:
        _replace(field, code, value)


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


def _write_line(record: Record, tag: str, codes: str, parts: list[tuple[str, str]]) -> None:
    """The parts take the place of what a field that the form shows in one line said; all else in it stays."""
    field = record.get(tag) or _added(record, tag, "  ")
    new = [Subfield(code, text) for code, text in parts if text]
    for form in [in_thai(field, record)] if new else [in_thai(field, record), field]:
        places = [place for place, subfield in enumerate(form.subfields) if subfield.code and subfield.code in codes]
        at = places[0] if places else _place_for(form, codes[0])
        rest = [subfield for place, subfield in enumerate(form.subfields) if place not in places]
        form.subfields = rest[:at] + new + rest[at:]
    if not field.subfields:
        record.remove_field(field)


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
