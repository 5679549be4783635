"""Records in the exchange format ISO 2709, read so that nothing is lost and written in UTF-8.

What other readers drop is kept: third indicators, empty subfields, letters of unknown sets refuse the record instead
of becoming blanks. Lengths that do not fit the format (a field over 9,999 bytes, a record over 99,999) are written as
the largest number; reading then goes by the terminators. Separators of the format within a value are written as
spaces.
"""

from collections.abc import Container, Iterator
from enum import StrEnum
from functools import partial
from itertools import pairwise

from pymarc import Field, Indicators, Leader, Record, Subfield

from samut_hub.catalogue.records.charsets import Coding, decode_marc8, decoder, likely_codings

LEADER, ENTRY = 24, 12
SUBFIELD, FIELD_END, RECORD_END = b"\x1f", b"\x1e", b"\x1d"
_NO_SEPARATORS = str.maketrans("\x1d\x1e\x1f", "   ")


class Fault(StrEnum):
    """Why bytes are not a record that can be kept."""

    NO_LEADER = "no_leader"
    TRUNCATED = "truncated"
    NO_END = "no_end"
    WRONG_DIRECTORY = "wrong_directory"
    NOT_UTF8 = "not_utf8"
    NOT_MARC8 = "not_marc8"
    NO_TITLE = "no_title"
    WRONG_XML = "wrong_xml"


class RecordError(Exception):
    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail


def read_record(data: bytes, *, tags: Container[str] | None = None) -> Record:
    """The record in these bytes, whatever coding they are in; raises RecordError.

    Whoever wants only the fields of some `tags` need not wait for the others, but damage in those refuses it too.
    """
    if len(data) < LEADER or not data[:LEADER].isascii():
        raise RecordError(Fault.NO_LEADER)
    parts = list(_parts(data))
    coding = _coding(data, says_unicode=data[9:10] == b"a")
    try:
        texts = [(tag, _texts(tag, body, coding)) for tag, body in parts]
    except UnicodeDecodeError as error:
        raise RecordError(Fault.NOT_MARC8, f"{error.reason} at {error.object[error.start :][:8]!r}") from None
    record = Record()
    record.leader = Leader(data[:LEADER].decode("ascii"))
    record.fields = [_field(tag, text) for tag, text in texts if tags is None or tag in tags]
    return record


def kept_record(data: bytes | None, *, tags: Container[str] | None = None) -> Record | None:
    """The record that a title was stored with; None where it has none, or none that can be read."""
    try:
        return None if data is None else read_record(data, tags=tags)
    except RecordError:
        return None


def write_record(record: Record) -> bytes:
    """The record in UTF-8."""
    bodies = [_write_field(field) for field in record.fields]
    directory, offset = [], 0
    for field, body in zip(record.fields, bodies, strict=True):
        directory.append(b"%3s%04d%05d" % (field.tag.encode(), min(len(body), 9999), min(offset, 99999)))
        offset += len(body)
    base = LEADER + ENTRY * len(bodies) + 1
    length = min(base + offset + 1, 99999)
    leader = str(record.leader).ljust(LEADER).translate(_NO_SEPARATORS)
    start = f"{length:05d}{leader[5:9]}a22{min(base, 99999):05d}{leader[17:20]}4500"
    return b"".join((start.encode("ascii"), *directory, FIELD_END, *bodies, RECORD_END))


def _coding(data: bytes, *, says_unicode: bool) -> Coding:
    codings = likely_codings(data, says_unicode=says_unicode)
    if not codings:
        raise RecordError(Fault.NOT_UTF8)
    return codings[0]


def _parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Tags with their bytes: by the directory where it is right, else by the terminators in the directory's order."""
    end = data.find(FIELD_END)
    directory = data[LEADER:end]
    if end < LEADER or len(directory) % ENTRY or not directory.isascii():
        raise RecordError(Fault.WRONG_DIRECTORY)
    entries = directory.decode("ascii")
    tags = [entries[at : at + 3] for at in range(0, len(entries), ENTRY)]
    ways = (_by_lengths, _by_terminators, partial(_by_lengths, is_strict=False))
    bodies = next(filter(None, (way(data, directory, end + 1) for way in ways)), None)
    if not tags or bodies is None:
        raise RecordError(Fault.WRONG_DIRECTORY)
    return zip(tags, bodies, strict=True)


def _by_lengths(data: bytes, directory: bytes, base: int, *, is_strict: bool = True) -> list[bytes] | None:
    """None unless each entry's length and offset lead to a terminator, and no byte is left over.

    A terminator within a field says that its length is wrong; when there is no other way to read, it is a character.
    """
    if not directory.isalnum() or len(data) > 99999:
        return None
    bodies = []
    for at in range(0, len(directory), ENTRY):
        numbers = directory[at + 3 : at + ENTRY]
        if not numbers.isdigit():
            return None
        start, length = base + int(numbers[4:]), int(numbers[:4])
        body = data[start : start + length]
        if body[-1:] != FIELD_END or (is_strict and FIELD_END in body[:-1]):
            return None
        bodies.append(body[:-1])
    whole = base + sum(map(len, bodies)) + len(bodies)
    return bodies if whole == len(data.rstrip(RECORD_END)) else None


def _by_terminators(data: bytes, directory: bytes, base: int) -> list[bytes] | None:
    """None unless there are as many fields as entries; offsets, right or wrong, still tell the order."""
    rest = data[base:].removesuffix(RECORD_END)
    if not rest.endswith(FIELD_END):
        return None
    bodies = rest[:-1].split(FIELD_END)
    offsets = [directory[at + 7 : at + ENTRY] for at in range(0, len(directory), ENTRY)]
    if len(bodies) != len(offsets):
        return None
    if all(first <= second for first, second in pairwise(offsets)):
        return bodies
    order = sorted(range(len(offsets)), key=offsets.__getitem__)
    return [body for _, body in sorted(zip(order, bodies, strict=True))]


def _texts(tag: str, body: bytes, coding: Coding) -> list[str]:
    """The indicators, then the subfields, each with its code; of a control field its only text.

    In MARC-8 each begins anew with the sets of letters that a record begins with.
    """
    if _is_control(tag):
        return [decoder(coding)(body)]
    if coding is Coding.MARC8:
        return [decode_marc8(part) for part in body.split(SUBFIELD)]
    return body.decode(coding).split("\x1f")


def _field(tag: str, texts: list[str]) -> Field:
    if _is_control(tag):
        return Field(tag=tag, data=texts[0])
    marks, *parts = texts
    subfields = [Subfield(part[:1], part[1:]) for part in parts]
    return Field(tag=tag, indicators=Indicators(*_two(marks)), subfields=subfields)


def _two(indicators: str) -> tuple[str, str]:
    """Of more than two, all after the first stand with the second."""
    filled = indicators.ljust(2)
    return filled[0], filled[1:]


def _is_control(tag: str) -> bool:
    return tag < "010" and tag.isdigit()


def _write_field(field: Field) -> bytes:
    if field.control_field:
        return _plain(field.data or "").encode() + FIELD_END
    parts = "".join(f"\x1f{_plain(part.code + part.value)}" for part in field.subfields)
    return f"{_plain(field.indicator1 + field.indicator2)}{parts}\x1e".encode()


def _plain(text: str) -> str:
    return text if text.isprintable() else text.translate(_NO_SEPARATORS)
