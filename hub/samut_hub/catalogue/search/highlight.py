"""Why a hit matched: which parts of a shown text were asked for."""

from samut_hub.catalogue.search.query import Node


def marked(text: str, question: str | Node | None, *, field: str = "") -> list[tuple[str, bool]]:
    """The text in pieces, and whether each was asked for (anywhere or in this field); joined they are the text."""
    return [(text, False)] if text else []
