"""Asking over SRU 1.1: one request, an answer of limited size and time, read without entities.

A redirect is followed on the same host only: an address that an administrator entered never leads elsewhere.
"""

import time
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, Request, build_opener
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from samut_hub.catalogue.copying.policy import (
    MOST_BYTES,
    MOST_RECORDS,
    Address,
    Answer,
    Fault,
    TargetError,
    Wanted,
    cql,
)

CHUNK = 64 * 1024
DEEPEST = 60
_ACCEPT = {"Accept": "application/xml, text/xml", "User-Agent": "Samut (library catalogue)"}


def ask(target: Address, wanted: Wanted) -> Answer:
    """The first records that fit; raises TargetError."""
    root = _parsed(_fetched(url_of(target, wanted), target.timeout))
    if _local(root) != "searchRetrieveResponse":
        raise TargetError(Fault.NOT_UNDERSTOOD)
    total = next((one.text or "" for one in _children(root, "numberOfRecords")), "").strip()
    if not (total.isascii() and total.isdigit()) or int(total) == 0:
        _refuse_diagnostics(root)
    if not (total.isascii() and total.isdigit()):
        raise TargetError(Fault.NOT_UNDERSTOOD)
    return Answer(int(total), tuple(_records(root))[:MOST_RECORDS])


def url_of(target: Address, wanted: Wanted) -> str:
    """The address of the request."""
    asked = {
        "version": "1.1",
        "operation": "searchRetrieve",
        "query": cql(wanted, target),
        "maximumRecords": str(MOST_RECORDS),
        "recordSchema": target.syntax,
        "recordPacking": "xml",
    }
    scheme = "https" if target.is_secure else "http"
    return f"{scheme}://{target.host}:{target.port}/{target.database.lstrip('/')}?{urlencode(asked)}"


class _SameHost(HTTPRedirectHandler):
    max_redirections = 3

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        there = urlsplit(newurl)
        if there.scheme not in ("http", "https") or there.hostname != urlsplit(req.full_url).hostname:
            raise TargetError(Fault.NOT_UNDERSTOOD, f"→ {there.hostname or newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Hurried(RawIOBase):
    """What a server sends, read until a moment and no longer: a drop every second is no answer, nor a header is."""

    def __init__(self, stream: RawIOBase, connection: socket, until: float) -> None:
        self._stream, self._connection, self._until = stream, connection, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int | None:  # type: ignore[override]
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _HurriedResponse(HTTPResponse):
    def __init__(self, sock: socket, *args: Any, until: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        stream: Any = self.fp
        self.fp = BufferedReader(_Hurried(stream.detach(), sock, until))


class _Hurry(HTTPHandler, HTTPSHandler):
    """Opens addresses whose answers must be there, whole, at a moment of the monotonic clock."""

    def __init__(self, until: float) -> None:
        HTTPSHandler.__init__(self)
        self._until = until

    def do_open(self, http_class: Any, req: Request, **options: Any) -> HTTPResponse:
        def connection(*args: Any, **more: Any) -> HTTPConnection:
            made: HTTPConnection = http_class(*args, **more)
            made.response_class = partial(_HurriedResponse, until=self._until)  # type: ignore[assignment]
            return made

        return super().do_open(connection, req, **options)


def _fetched(url: str, timeout: int) -> bytes:
    until = time.monotonic() + timeout
    opener = build_opener(_SameHost, _Hurry(until))
    try:
        with opener.open(Request(url, headers=_ACCEPT), timeout=timeout) as answer:  # noqa: S310 — http or https, as made above
            return b"".join(_parts(answer))
    except HTTPError as error:
        raise TargetError(Fault.REFUSED, f"HTTP {error.code}") from None
    except TimeoutError:
        raise TargetError(Fault.TOO_SLOW) from None
    except URLError as error:
        raise TargetError(Fault.TOO_SLOW if isinstance(error.reason, TimeoutError) else Fault.UNREACHABLE) from None
    except (HTTPException, OSError):
        raise TargetError(Fault.UNREACHABLE) from None


def _parts(answer: HTTPResponse) -> Iterator[bytes]:
    """What comes, as long as there is room."""
    size = 0
    while part := answer.read1(CHUNK):
        size += len(part)
        if size > MOST_BYTES:
            raise TargetError(Fault.TOO_BIG)
        yield part


class _PlainTree(TreeBuilder):
    """Elements and text only: a document type, which could define entities, ends the reading."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise TargetError(Fault.NOT_UNDERSTOOD, "DOCTYPE")

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > DEEPEST:
            raise TargetError(Fault.NOT_UNDERSTOOD)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _parsed(data: bytes) -> Element:
    parser = XMLParser(target=_PlainTree())  # noqa: S314 — it stops at a document type
    try:
        parser.feed(data)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):
        raise TargetError(Fault.NOT_UNDERSTOOD) from None
    return root


def _records(root: Element) -> Iterator[bytes]:
    """The records as elements of their own; ones that came as escaped text are text of XML again."""
    for holder in _children(root, "records"):
        for one in _children(holder, "record"):
            _refuse_surrogate(one)
            for content in _children(one, "recordData"):
                inner = list(content)
                yield ET.tostring(inner[0]) if inner else (content.text or "").strip().encode()


def _refuse_surrogate(record: Element) -> None:
    """A diagnostic may stand in the place of a record."""
    for content in _children(record, "recordData"):
        if any(_local(inner) == "diagnostic" for inner in content):
            raise TargetError(Fault.REFUSED, _said(content))


def _refuse_diagnostics(root: Element) -> None:
    for told in _children(root, "diagnostics"):
        raise TargetError(Fault.REFUSED, _said(told))


def _said(told: Element) -> str:
    words = {_local(one): (one.text or "").strip() for one in told.iter()}
    return ": ".join(filter(None, (words.get("message") or words.get("uri", ""), words.get("details", ""))))


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _local(child) == name)


def _local(element: Element) -> str:
    """The name without its namespace: servers of all versions name their elements alike."""
    return element.tag.rpartition("}")[2]
