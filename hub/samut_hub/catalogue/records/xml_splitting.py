"""Where records begin and end in a file of MARCXML that may be damaged anywhere, whatever stands around them.

Search results (SRU) and harvests (OAI-PMH) wrap each record in an element that is also called record: the inner one
is meant. The file may be in UTF-8, UTF-16 or the coding that its declaration names.
"""

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from samut_hub.catalogue.records.splitting import CHUNK, LONGEST, NotMarcError, Piece

HEAD_SIZE = 1024
_LONGEST_MARK = 64
_MARKS = re.compile(rb"<!--|<!\[CDATA\[|<(?:[\w.-]+:)?record(?=[\s>])|</(?:[\w.-]+:)?record\s*>")
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
_CONTENT = re.compile(rb"<(?:[\w.-]+:)?(?:leader|controlfield|datafield)[\s>]")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def looks_like_xml(first: bytes) -> bool:
    """Whether the start of a file is that of an XML document."""
    return _as_utf8(first, final=False).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def xml_pieces(file: BinaryIO) -> Iterator[Piece]:
    """The records of the file in order, in UTF-8, in memory that does not grow with it; raises NotMarcError.

    `end` of a piece counts the bytes of UTF-8. What is left of a record without end is a piece too, not `ended`.
    """
    position = 0
    for position, (end, data, ended) in enumerate(_elements(_utf8(file)), start=1):
        yield Piece(position, end, data, ended)
    if not position:
        raise NotMarcError("There is no MARCXML record in this file.")


def _elements(chunks: Iterator[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """Each record with where it ends and whether it does."""
    pending, offset = b"", 0
    for chunk in chain(chunks, (b"",)):
        pending, start = pending + chunk, 0
        while (cut := _next(pending, start, final=not chunk)) is not None:
            begin, start, ended = cut
            yield offset + start, pending[begin:start], ended
        start = _first_open(pending, start)
        pending, offset = pending[start:], offset + start


def _next(data: bytes, start: int, *, final: bool) -> tuple[int, int, bool] | None:
    """Begin and end of the next record, and whether it has its end; None when more bytes are needed."""
    begin = -1
    while (mark := _MARKS.search(data, start)) is not None:
        start, is_end = mark.end(), mark[0].startswith(b"</")
        if mark[0] in _ENDS:
            start = data.find(_ENDS[mark[0]], start) + 3
            if start < 3:
                break
        elif begin >= 0 and (is_end or _CONTENT.search(data, begin, mark.start())):
            return begin, start if is_end else mark.start(), is_end
        elif not is_end:
            begin = mark.start()
    if begin >= 0 and len(data) - begin > LONGEST:
        return begin, begin + LONGEST, False
    return (begin, len(data), False) if begin >= 0 and final else None


def _first_open(data: bytes, start: int) -> int:
    """Where a record or comment begins that may go on in the bytes to come; comments without end are let go."""
    begin, at = -1, start
    while (mark := _MARKS.search(data, at)) is not None:
        at = mark.end()
        if mark[0] in _ENDS:
            at = data.find(_ENDS[mark[0]], at) + 3
            if at < 3:
                begin = begin if begin >= 0 else mark.start()
                break
        else:
            begin = -1 if mark[0].startswith(b"</") else mark.start()
    if begin >= 0 and len(data) - begin <= 2 * LONGEST:
        return begin
    return max(start, len(data) - _LONGEST_MARK)


def _utf8(file: BinaryIO) -> Iterator[bytes]:
    first = file.read(CHUNK)
    coding = _coding(first[:HEAD_SIZE])
    if coding == "utf-8":
        while first:
            yield first
            first = file.read(CHUNK)
        return
    decode = codecs.getincrementaldecoder(coding)("replace").decode
    while first:
        yield decode(first).encode()
        first = file.read(CHUNK)


def _coding(head: bytes) -> str:
    """By the byte order mark or the declaration; raises NotMarcError for one that is not known."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    try:
        found = codecs.lookup({"tis-620": "cp874", "windows-874": "cp874"}.get(name, name)).name
    except LookupError:
        raise NotMarcError(f"The file says that it is in “{name}”, which is not known.") from None
    return "utf-8" if found.startswith(("utf-16", "ascii")) else found


def _as_utf8(first: bytes, *, final: bool) -> bytes:
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace").decode(first, final).encode()
    return first
