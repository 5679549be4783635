"""What is known of a member, ready to stand on a card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Names = Mapping[str, str]
"""The same in Thai and English, by `th` and `en`; what is not known in a language is empty."""
NOTHING: Names = {"th": "", "en": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """`photo` is a JPEG or PNG, empty where there is none; `fields` are the library's own, by their numbers."""

    number: str
    name: Names
    library: Names
    type: Names = field(default_factory=lambda: NOTHING)
    level: Names = field(default_factory=lambda: NOTHING)
    group: str = ""
    photo: bytes = b""
    issued_on: date | None = None
    expires_on: date | None = None
    fields: Mapping[int, Names] = field(default_factory=dict)
