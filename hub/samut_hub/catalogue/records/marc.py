"""What a MARC 21 record says, ready to be shown and searched: the fields of a `Title`."""

import re
from collections.abc import Iterable, Iterator

import msgspec
from pymarc import Field, Record

from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.records.issn import issn8
from samut_hub.catalogue.records.materials import BOOK, control_text, material_of
from samut_hub.catalogue.records.years import year_of

SEPARATOR = "; "
"""Between the values of fields that repeat: authors, subjects."""
SHOWN_AUTHORS = 3
SUBJECT_TAGS = ("600", "610", "611", "630", "648", "650", "651", "653", "655", "690", "691")
AUTHOR_TAGS = ("100", "110", "111", "700", "710", "711")
CALL_NUMBER_TAGS = ("082", "050", "060", "090")
SERIES_TAGS, TRACED_SERIES_TAG = ("440", "490"), "830"
PROMOTION_TAG, PROMOTION_MARK = "599", "samut-promotion"
"""Promotional text has no field in MARC 21: it stands in a local one, told from other systems' by $2."""
ANNOTATION = "1"
"""First indicator of 520 for a librarian's annotation: MARC 21 calls it a review, the only note that judges."""
OTHER_TAGS = ("130", "210", "240", "246", "247", "490", "500", "505", "508", "511", "730", "740", "830", "880")
_THAI = re.compile("[ก-๛]")
_CONTROL = dict.fromkeys({*range(32), *range(127, 160)} - {10})
_LINK = re.compile(r"\d{3}-(\d\d)")
_KEEPS_ITS_DOT = re.compile(
    r"(?:^|[\s.-])(?:[^\W\d_]|al|co|ed|etc|inc|jr|ltd|no|pt|sr|st|vol|.*\.[ก-๛]+)\.$|\.\.\.$", re.IGNORECASE
)
_VOLUME = re.compile(r" ?, (?=[^,]*\d[^,]*$)")
_UNKNOWN_PLACE = re.compile(
    r"\W*(?:s\.? ?l\.?|place of publication not identified|ม\.ป\.ท\.?|ม\.ป\.พ\.?)\W*", re.IGNORECASE
)
_UNKNOWN_PUBLISHER = re.compile(r"\W*(?:s\.? ?n\.?|publisher not identified|ม\.ป\.พ\.?|ม\.ป\.ท\.?)\W*", re.IGNORECASE)


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """A title as the simple form shows it. Authors, subjects and series are each joined by `SEPARATOR`.

    `extent` is the physical description in one line, with marks between its parts: `120 p. : ill. ; 21 cm + 1 CD`.
    """

    title: str
    author: str = ""
    publisher: str = ""
    year: int | None = None
    isbn: str = ""
    language: str = ""
    call_number: str = ""
    subjects: str = ""
    summary: str = ""
    material: str = BOOK
    issn: str = ""
    edition: str = ""
    publication_place: str = ""
    extent: str = ""
    series: str = ""
    frequency: str = ""
    annotation: str = ""
    promotion: str = ""


def split_values(text: str) -> list[str]:
    """The values of a field that repeats, once each."""
    values = (value.strip() for value in text.split(SEPARATOR.strip()))
    return list(dict.fromkeys(value for value in values if value))


def cleaned(description: Description) -> Description:
    """Without control characters, which no database keeps in texts alike, and without blanks around."""
    return msgspec.convert(
        {
            name: _without_control(value).strip() if isinstance(value, str) else value
            for name, value in msgspec.structs.asdict(description).items()
        },
        Description,
    )


def describe(record: Record) -> Description:
    """Fields for display; a Thai form in a linked 880 goes before a romanised main field."""
    said = Description(
        title=title_of(record),
        author=SEPARATOR.join(names(shown_authors(record), record)),
        publisher=_publisher(record),
        year=year_of(*_subfields(record, ("260", "264"), "c"), control_text(record, "008")[7:11]),
        isbn=next(filter(None, map(isbn13, _subfields(record, ("020",), "a"))), ""),
        language=_language(record),
        call_number=call_number_text(call_number_field(record)),
        subjects=SEPARATOR.join(dict.fromkeys(subject_texts(record))),
        summary=_notes(record, summary_fields(record)),
        material=material_of(record),
        issn=next(filter(None, map(issn8, _subfields(record, ("022",), "a"))), ""),
        edition=next((_text(field, "ab") for field in shown(record, "250")), ""),
        publication_place=_publication_place(record),
        extent=next((_text(field, "abce") for field in shown(record, "300")), ""),
        series=SEPARATOR.join(dict.fromkeys(series_texts(record))),
        frequency=next((_text(field, "a") for field in shown(record, "310")), ""),
        annotation=_notes(record, annotation_fields(record)),
        promotion=_notes(record, promotion_fields(record)),
    )
    return cleaned(said)


def shown(record: Record, *tags: str) -> Iterator[Field]:
    """The fields with these tags, in the order of the tags, each in the form that is shown."""
    for field in sorted(record.get_fields(*tags), key=lambda field: tags.index(field.tag)):
        yield in_thai(field, record)


def in_thai(field: Field, record: Record) -> Field:
    """The linked 880 that holds the same in Thai letters, if the field itself does not; else the field."""
    link = _LINK.match(field.get("6") or "")
    if link is None or link[1] == "00" or _THAI.search(field.format_field()):
        return field
    linked = (other for other in record.get_fields("880") if (other.get("6") or "")[:6] == f"{field.tag}-{link[1]}")
    return next((other for other in linked if _THAI.search(other.format_field())), field)


def title_of(record: Record) -> str:
    return next((_text(field, "abnp") for field in shown(record, "245")), "")


def title_for_sorting(record: Record) -> str:
    """Without the article at the start (245, second indicator: how many characters to leave out)."""
    field = next(iter(shown(record, "245")), None)
    left_out = field.indicator2 if field is not None else ""
    return title_of(record)[int(left_out) if left_out.isdigit() and left_out.isascii() else 0 :]


def author_fields(record: Record) -> list[Field]:
    """Main entry and added entries of persons and bodies, not those of works (with a title, $t)."""
    return [field for field in record.get_fields(*AUTHOR_TAGS) if "t" not in field]


def shown_authors(record: Record) -> list[Field]:
    return sorted(author_fields(record), key=lambda field: field.tag[0])[:SHOWN_AUTHORS]


def names(fields: Iterable[Field], record: Record) -> list[str]:
    return list(dict.fromkeys(filter(None, (name_of(in_thai(field, record)) for field in fields))))


def name_of(field: Field) -> str:
    """A person's or body's name without dates and roles."""
    return _text(field, "andc" if field.tag.endswith("11") else "abc" if field.tag.endswith("00") else "ab")


def subject_texts(record: Record) -> list[str]:
    return [text for text in map(subject_text, shown(record, *SUBJECT_TAGS)) if text]


def subject_text(field: Field) -> str:
    """`Art, European -- 20th century -- Catalogs`."""
    text = ""
    for subfield in field.subfields:
        if (
            subfield.code.isalpha()
            and subfield.code.islower()
            and subfield.value.strip()
            and subfield.code not in "euw"
        ):
            joint = " -- " if subfield.code in "vxyz" else " "
            text = _trimmed(text) + joint + subfield.value.strip()
    return _trimmed(text).replace(";", ",")


def summary_fields(record: Record) -> list[Field]:
    return [field for field in record.get_fields("520") if field.indicator1 != ANNOTATION]


def annotation_fields(record: Record) -> list[Field]:
    return [field for field in record.get_fields("520") if field.indicator1 == ANNOTATION]


def promotion_fields(record: Record) -> list[Field]:
    return [field for field in record.get_fields(PROMOTION_TAG) if field.get("2") == PROMOTION_MARK]


def note_text(field: Field) -> str:
    return _joined(field, "ab")


def series_fields(record: Record) -> list[Field]:
    """The series as the work states it, else as it is traced."""
    return record.get_fields(*SERIES_TAGS) or record.get_fields(TRACED_SERIES_TAG)


def series_texts(record: Record) -> list[str]:
    return [text for text in (series_text(in_thai(field, record)) for field in series_fields(record)) if text]


def series_text(field: Field) -> str:
    """`เพชรพระอุมา, เล่ม 3`: the name of the series and the number in it."""
    name, number = _text(field, "anp"), _text(field, "v")
    return ", ".join(filter(None, (name, number))).replace(";", ",")


def series_parts(text: str) -> tuple[str, str]:
    """Name and number of a series as `series_text` joins them."""
    name, *number = _VOLUME.split(text, maxsplit=1)
    return name, "".join(number)


def call_number_field(record: Record) -> Field | None:
    return next((field for tag in CALL_NUMBER_TAGS for field in record.get_fields(tag) if field.get("a")), None)


def call_number_text(field: Field | None) -> str:
    """Class and book number; Dewey's marks for shortening (082: `791.43/72`) are left out."""
    if field is None:
        return ""
    first = (field.get("a") or "").replace("/", "" if field.tag == "082" else "/").strip()
    return " ".join(filter(None, (first, (field.get("b") or "").strip())))


def other_words(record: Record) -> Iterator[str]:
    """What is searched but not shown in a list: other titles, series, contents, the romanised forms."""
    yield from (field.format_field() for field in record.get_fields(*OTHER_TAGS))
    yield from (field.format_field() for field in record.get_fields("245"))


def imprints(record: Record) -> list[Field]:
    """Statements of publication in the form that is shown; those of printing and copyright are left out (264)."""
    return [field for field in shown(record, "260", "264") if field.tag != "264" or field.indicator2 in ("1", " ")]


def _publisher(record: Record) -> str:
    stated = (_trimmed(field.get("b") or "") for field in imprints(record))
    return next((name for name in stated if name and not _UNKNOWN_PUBLISHER.fullmatch(name)), "")


def _publication_place(record: Record) -> str:
    stated = (_trimmed(field.get("a") or "") for field in imprints(record))
    return next((place for place in stated if place and not _UNKNOWN_PLACE.fullmatch(place)), "")


def _notes(record: Record, fields: Iterable[Field]) -> str:
    return "\n".join(filter(None, (note_text(in_thai(field, record)) for field in fields)))


def _language(record: Record) -> str:
    said = next((text[:3] for text in _subfields(record, ("041",), "a")), "") or control_text(record, "008")[35:38]
    return said.lower() if said.isalpha() and said.isascii() and len(said) == 3 else ""


def _subfields(record: Record, tags: tuple[str, ...], code: str) -> list[str]:
    return [value for field in record.get_fields(*tags) for value in field.get_subfields(code)]


def _text(field: Field, codes: str) -> str:
    return _trimmed(_joined(field, codes))


def _joined(field: Field, codes: str) -> str:
    parts = (subfield.value for subfield in field.subfields if subfield.code and subfield.code in codes)
    return " ".join(" ".join(parts).split())


def _without_control(text: str) -> str:
    return text if text.isprintable() else text.translate(_CONTROL)


def _trimmed(text: str) -> str:
    """Without the punctuation that cataloguing rules put between fields (ISBD), and without double spaces."""
    text = " ".join(text.split()).rstrip(" /:;=,")
    return text.rstrip(".") if text.endswith(".") and not _KEEPS_ITS_DOT.search(text) else text
