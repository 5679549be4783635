"""Plain text as pages show it: paragraphs, lines, and web addresses that can be followed."""

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_AFTER_IT = ".,;:!?)]}'”’»ฯ"
"""What people write after an address and do not mean as its end."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line; `address` is where it leads, or empty."""

    text: str
    address: str = ""


Paragraph = list[list[Part]]
"""Lines, each of parts."""


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a text; an empty line stands between two."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return [[parts(line) for line in block.splitlines()] for block in blocks if block.strip()]


def parts(line: str) -> list[Part]:
    """The line cut where web addresses begin and end."""
    found, at = [], 0
    for match in _ADDRESS.finditer(line):
        address = match[0].rstrip(_AFTER_IT)
        found += [Part(line[at : match.start()]), Part(address, address)]
        at = match.start() + len(address)
    return [part for part in (*found, Part(line[at:])) if part.text]


def beginning(text: str, length: int) -> str:
    """The first words of a text in one line, at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
