"""Records as libraries send them: ISO 2709 in any coding, MARCXML, UNIMARC in either."""

from pymarc import Record

from samut_hub.catalogue.records.charsets import Coding
from samut_hub.catalogue.records.iso2709 import read_record
from samut_hub.catalogue.records.marcxml import read_marcxml
from samut_hub.catalogue.records.unimarc import is_unimarc, to_marc21


def record_in(data: bytes, coding: str = "") -> Record:
    """The record as MARC 21; raises RecordError. `coding` is what its library is known to write, empty: find out."""
    record = read_marcxml(data) if data.lstrip()[:1] == b"<" else read_record(_hinted(data, coding))
    return to_marc21(record) if is_unimarc(record) else record


def _hinted(data: bytes, coding: str) -> bytes:
    """With a leader that tells the coding, which many leaders do not; Thai letters become UTF-8."""
    if coding == Coding.THAI:
        data = data.decode(Coding.THAI, "replace").encode()
    mark = b" " if coding == Coding.MARC8 else b"a"
    return data[:9] + mark + data[10:] if coding else data
