"""What a title's own page says beside the fields of a list, and what it tells machines (schema.org)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pymarc import Field, Record

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.marc import in_thai, shown, split_values

NOTE_TAGS = ("500", "502", "504", "508", "511", "518", "521", "538", "546", "586")
OTHER_TITLE_TAGS = ("130", "210", "240", "246", "247", "740")
MOST_LINKS = 50
_WEB = re.compile(r"https?://[^\s\"<>]+", re.IGNORECASE)

_TYPES = {
    "book": "Book",
    "ebook": "Book",
    "thesis": "Thesis",
    "journal": "Periodical",
    "magazine": "Periodical",
    "newspaper": "Newspaper",
    "clipping": "Article",
    "music_score": "SheetMusic",
    "map": "Map",
    "picture": "VisualArtwork",
    "video": "Movie",
    "film": "Movie",
    "audio": "AudioObject",
    "computer_file": "SoftwareApplication",
    "game": "Game",
    "equipment": "Product",
    "tablet": "Product",
}
"""Classes of schema.org for the kinds of material the hub knows; any other is a CreativeWork."""
_LANGUAGES = {"tha": "th", "eng": "en", "chi": "zh", "jpn": "ja", "fre": "fr", "ger": "de", "may": "ms", "lao": "lo"}
"""MARC codes with their two letters (ISO 639-1); the others have three in both."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where the work itself, or something about it, can be opened (MARC 856)."""

    address: str
    text: str


@dataclass(frozen=True, slots=True)
class More:
    """What only the whole record tells."""

    other_titles: Sequence[str]
    contents: Sequence[str]
    notes: Sequence[str]
    links: Sequence[Link]


def more_of(record: Record) -> More:
    """Texts as the record has them, those in Thai letters before their romanised forms."""
    return More(
        other_titles=_texts(record, OTHER_TITLE_TAGS, "anp"),
        contents=_texts(record, ("505",), "agrt"),
        notes=_texts(record, NOTE_TAGS, "abcd"),
        links=list(_links(record))[:MOST_LINKS],
    )


def schema_of(title: Title, address: str, picture: str, libraries: dict[str, bool]) -> dict[str, Any]:
    """The title for search engines. `libraries` are names, each with whether a copy is on the shelf there."""
    said = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(title.material, "CreativeWork"),
        "@id": address,
        "url": address,
        "name": title.title,
        "author": [{"@type": "Person", "name": name} for name in split_values(title.author)],
        "publisher": {"@type": "Organization", "name": title.publisher} if title.publisher else None,
        "datePublished": str(title.year) if title.year else None,
        "isbn": title.isbn,
        "issn": title.issn,
        "bookEdition": title.edition,
        "inLanguage": _LANGUAGES.get(title.language, title.language),
        "about": split_values(title.subjects),
        "description": title.summary,
        "image": picture,
        "offers": [_offer(name, is_free=is_free) for name, is_free in libraries.items()],
    }
    return {name: value for name, value in said.items() if value}


def _offer(library: str, *, is_free: bool) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
        "price": "0",
        "priceCurrency": "THB",
        "availability": f"https://schema.org/{'InStock' if is_free else 'OutOfStock'}",
        "offeredBy": {"@type": "Library", "name": library},
    }


def _texts(record: Record, tags: tuple[str, ...], codes: str) -> list[str]:
    found = (" ".join(_values(field, codes)) for field in shown(record, *tags))
    return list(dict.fromkeys(text.strip(" /:;") for text in found if text.strip(" /:;")))


def _values(field: Field, codes: str) -> Iterator[str]:
    return (part.value.strip() for part in field.subfields if part.code in codes)


def _links(record: Record) -> Iterator[Link]:
    for field in record.get_fields("856"):
        said = in_thai(field, record)
        text = " ".join(filter(None, (said.get("3"), said.get("y") or said.get("z"))))
        for address in field.get_subfields("u"):
            if _WEB.fullmatch(address.strip()):
                yield Link(address.strip(), text or address.strip())
