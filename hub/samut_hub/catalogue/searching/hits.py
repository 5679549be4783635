"""Why a title was found: what was asked for, marked in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from samut_hub.catalogue.listed import Listed
from samut_hub.catalogue.search.highlight import marked
from samut_hub.catalogue.search.query import Node, parse
from samut_hub.catalogue.searching.asking import Asked

SNIPPET = 160

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A title with what was asked for in it marked. `why` is shown where neither title nor author tells."""

    title: Listed
    name: Pieces
    author: Pieces
    why: Pieces


def hits_of(titles: Sequence[Listed], asked: Asked) -> list[Hit]:
    question = parse(asked.words) if isinstance(asked.question, str) else asked.question
    return [_hit(title, question) for title in titles]


def _hit(title: Listed, question: Node | None) -> Hit:
    name = marked(title.title, question, field="title")
    author = marked(title.author, question, field="author")
    is_told = not question or any(is_hit for _, is_hit in name + author)
    return Hit(title, name, author, [] if is_told else _why(title, question))


def _why(title: Listed, question: Node | None) -> Pieces:
    """The first other text of the title that holds what was asked for, around where it does."""
    for field, text in (
        ("subject", title.subjects),
        ("series", title.series),
        ("publisher", title.publisher),
        ("", title.summary),
        ("", title.annotation),
    ):
        pieces = marked(text, question, field=field)
        first = next((place for place, (_, is_hit) in enumerate(pieces) if is_hit), None)
        if first is not None:
            return _around(pieces, first)
    return []


def _around(pieces: Pieces, first: int) -> Pieces:
    """A line of the text with the first place that was asked for in it."""
    before = "".join(text for text, _ in pieces[:first])
    found: Pieces = [("…" + before[-40:] if len(before) > 40 else before, False)]
    left = SNIPPET
    for text, is_hit in pieces[first:]:
        found.append((text[:left], is_hit))
        left -= len(text)
        if left <= 0:
            return [*found, ("…", False)]
    return found
