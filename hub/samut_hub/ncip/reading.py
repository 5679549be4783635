"""Messages as they come: XML of strangers, read without document types, entities or depth, into plain elements."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

NAMESPACE = "http://www.niso.org/2008/ncip"
LARGEST = 65_536
"""Bytes of a message; those of NCIP have one or two thousand."""
DEEPEST = 32
_IN = f"{{{NAMESPACE}}}"
_SECRET = {"FromSystemAuthentication", "FromAgencyAuthentication", "AuthenticationInput"}


class UnreadableError(Exception):
    """The text is no NCIP message; the sentence says why."""


class _PlainTree(TreeBuilder):
    """A document type could name entities, of which a few lines make gigabytes."""

    _depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise UnreadableError("A message has no document type.")

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > DEEPEST:
            raise UnreadableError(f"Elements lie more than {DEEPEST} deep.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


@dataclass(frozen=True, slots=True)
class Request:
    """One service that is asked for, by the name of its element."""

    service: str
    element: Element

    def text(self, *path: str) -> str:
        """What stands in the first element of this path, without blanks around it; empty without one."""
        return (self.element.findtext(_below(path)) or "").strip()

    def has(self, *path: str) -> bool:
        return self.element.find(_below(path)) is not None

    def all(self, *path: str) -> Iterator[Element]:
        yield from self.element.iterfind(_below(path))

    def moment(self, *path: str) -> datetime | None:
        """A date with its time; one without a zone, or that is none, is None."""
        try:
            found = datetime.fromisoformat(self.text(*path))
        except ValueError:
            return None
        return found if found.tzinfo is not None else None

    def desired(self, name: str) -> set[str]:
        """The kinds of data that are wanted beside the answer, in small letters."""
        return {(one.text or "").strip().lower() for one in self.all(name)}

    @property
    def digest(self) -> str:
        """The same for the same request, whatever its spelling in XML; passwords are not in it."""
        return hashlib.sha256(repr(tuple(_told(self.element))).encode()).hexdigest()


def read(data: bytes) -> Request:
    """The request in a message. Raises UnreadableError."""
    if len(data) > LARGEST:
        raise UnreadableError(f"A message may have {LARGEST} bytes.")
    root = _parsed(data)
    if root.tag != f"{_IN}NCIPMessage":
        raise UnreadableError(f"The outermost element must be NCIPMessage in the namespace {NAMESPACE}.")
    services = [child for child in root if child.tag.startswith(_IN)]
    if len(services) != 1:
        raise UnreadableError("A message asks for one service.")
    return Request(services[0].tag.removeprefix(_IN), services[0])


def local(element: Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def _parsed(data: bytes) -> Element:
    parser = XMLParser(target=_PlainTree())  # noqa: S314 — it stops at a document type
    try:
        parser.feed(data)
        root: Any = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableError(f"This is no XML: {error}.") from None
    if not isinstance(root, Element):
        raise UnreadableError("There is no element.")
    return root


def _below(path: tuple[str, ...]) -> str:
    return "/".join(f"{_IN}{name}" for name in path)


def _told(element: Element) -> Iterator[tuple[str, str]]:
    if local(element) in _SECRET:
        return
    yield element.tag, (element.text or "").strip()
    for child in element:
        yield from _told(child)
    yield "", ""
