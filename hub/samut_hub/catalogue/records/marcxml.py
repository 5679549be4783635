"""Records in MARCXML (Library of Congress, MARC 21 XML schema "slim"), read one by one and written.

Each record is parsed alone and without a document type, so entities that a file declares are not known and cannot
grow; a damaged record spoils no other. Characters that XML 1.0 cannot hold are written as U+FFFD.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pymarc import Field, Indicators, Leader, Record, Subfield

from samut_hub.catalogue.records.iso2709 import LEADER, Fault, RecordError

NAMESPACE = "http://www.loc.gov/MARC21/slim"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'.encode()
FOOT = b"</collection>\n"
DEEPEST = 20
_NO_LEADER = "00000nam a2200000   4500"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_marcxml(data: bytes) -> Record:
    """The record in this element, in UTF-8, with any prefix for its namespace; raises RecordError."""
    reading = _Reading()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise RecordError(Fault.WRONG_XML, f"{expat.ErrorString(error.code)}, line {error.lineno}") from None
    return reading.record()


def write_marcxml(record: Record) -> bytes:
    """The record as an element of a collection: `HEAD` and `FOOT` stand around them."""
    lines = ["<record>", f"  <leader>{_content(str(record.leader).ljust(LEADER))}</leader>"]
    lines += map(_field, record.fields)
    lines.append("</record>\n")
    return "\n".join(lines).encode()


def write_collection(records: Iterable[Record]) -> Iterator[bytes]:
    """A whole file, in parts."""
    yield HEAD
    for record in records:
        yield write_marcxml(record)
    yield FOOT


class _Reading:
    """What was read of a record so far."""

    def __init__(self) -> None:
        self._leader = ""
        self._fields: list[Field] = []
        self._words: list[str] = []
        self._attributes: dict[str, str] = {}
        self._depth = 0
        self._has_begun = False

    def start(self, name: str, attributes: dict[str, Any]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise RecordError(Fault.WRONG_XML, "elements within elements without end")
        self._words.clear()
        match name.rpartition(":")[2]:
            case "record":
                self._has_begun = True
            case "controlfield" | "subfield":
                self._attributes = attributes
            case "datafield":
                tag, marks = attributes.get("tag", ""), [attributes.get(f"ind{n}") or " " for n in (1, 2)]
                self._fields.append(_new(tag, subfields=[], indicators=Indicators(*marks)))

    def text(self, words: str) -> None:
        self._words.append(words)

    def end(self, name: str) -> None:
        self._depth -= 1
        said = "".join(self._words)
        match name.rpartition(":")[2]:
            case "leader":
                self._leader = said
            case "controlfield":
                self._fields.append(_new(self._attributes.get("tag", ""), data=said))
            case "subfield" if self._fields and not self._fields[-1].control_field:
                self._fields[-1].subfields.append(Subfield(self._attributes.get("code", ""), said))
        self._words.clear()

    def record(self) -> Record:
        if not self._has_begun or not self._fields:
            raise RecordError(Fault.WRONG_XML, "no field")
        record = Record()
        leader = self._leader if len(self._leader) == LEADER and self._leader.isascii() else _NO_LEADER
        record.leader = Leader(leader)
        record.fields = self._fields
        return record


def _refuse_document_type(*said: object) -> None:
    """It may declare entities that stand for each other without end."""
    raise RecordError(Fault.WRONG_XML, "a document type is not read")


def _new(tag: str, **content: Any) -> Field:
    """Raises RecordError for a tag that the exchange format cannot hold, or one of the wrong kind of field."""
    if len(tag) != 3 or not tag.isascii() or not tag.isprintable():
        raise RecordError(Fault.WRONG_XML, f"tag “{tag[:20]}”")
    if (tag < "010" and tag.isdigit()) != ("data" in content):
        raise RecordError(Fault.WRONG_XML, f"field {tag} is of the other kind")
    return Field(tag=tag, **content)


def _field(field: Field) -> str:
    if field.control_field:
        return f'  <controlfield tag="{field.tag}">{_content(field.data or "")}</controlfield>'
    marks = "".join(f" ind{n}={_quoted(mark)}" for n, mark in enumerate((field.indicator1, field.indicator2), 1))
    parts = "".join(
        f"\n    <subfield code={_quoted(part.code)}>{_content(part.value)}</subfield>" for part in field.subfields
    )
    return f'  <datafield tag="{field.tag}"{marks}>{parts}\n  </datafield>'


def writable(text: str) -> str:
    """The text with a mark in place of what XML 1.0 cannot hold, not even as references (section 2.2)."""
    return NOT_XML.sub("�", text)


def _content(text: str) -> str:
    return escape(writable(text), {"\r": "&#13;"})


def _quoted(text: str) -> str:
    return quoteattr(writable(text))
