"""Names that are kept, as of tasks, in every language: who reads them may speak another than who made them."""

from collections.abc import Callable

from flask import g
from flask_babel import force_locale

from samut_hub.web.language import LANGUAGES


def in_each_language(say: Callable[[], str]) -> dict[str, str]:
    """What `say` says, by the two letters of the language."""
    own = g.pop("sentences", None)
    try:
        return {code: _said_in(code, say) for code in LANGUAGES}
    finally:
        g.pop("sentences", None)
        if own is not None:
            g.sentences = own


def _said_in(code: str, say: Callable[[], str]) -> str:
    with force_locale(code):
        g.pop("sentences", None)
        return say()
