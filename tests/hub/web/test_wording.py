"""Both languages are complete, and no template says anything that cannot be translated."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import wtforms
from babel.messages.pofile import read_po

from samut_hub.web.language import PACKAGE
from samut_hub.web.wording import LAYOUT, capabilities, file_of, missing, sentences_in, translated_in

TEMPLATES = sorted(path for folder in ("*", "*/*") for path in PACKAGE.glob(f"{folder}/templates/**/*.html"))
_GAP = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_SPOKEN = ("title", "placeholder", "aria-label", "alt", "data-label", "data-confirm", "hx-confirm", "hx-prompt")
_SAME_IN_ALL = {"Alt", "Ctrl", "EN", "Enter", "ISBN", "ISO", "LDR", "MARC", "MARCXML", "NCIP", "PDF", "RSS", "Shift"}
"""Letters, keys and names that are the same in Thai."""
_NEVER_SAID = {
    "Invalid field name '%s'.",
    "Invalid IP address.",
    "Invalid Mac address.",
    "Invalid UUID.",
    "This field cannot be edited.",
    "This field is disabled and cannot have a value.",
    "Invalid CSRF Token.",
    "CSRF token missing.",
    "CSRF failed.",
    "CSRF token expired.",
    "Choices cannot be None.",
    "Not a valid week value.",
    "Not a valid float value.",
}
"""Sentences of WTForms for fields that no form here has, and for programmers."""


def test_everything_said_has_a_thai_translation() -> None:
    assert [f"{name}: {message.id}" for name, message in missing()] == []


def test_what_the_forms_library_says_is_translated_too() -> None:
    with (Path(wtforms.__file__).parent / "locale" / "wtforms.pot").open("rb") as file:
        said = {message.id for message in read_po(file) if message.id}
    assert {message.id for message in sentences_in(LAYOUT)} >= said - _NEVER_SAID


def test_one_sentence_is_said_in_one_way_everywhere() -> None:
    """The files are read as one: of two translations, that of another part would be shown."""
    said: dict[object, dict[str, str]] = {}
    for folder in capabilities():
        for message in translated_in(folder):
            if message.id and message.string:
                said.setdefault((message.context, message.id), {})[str(message.string)] = folder.name
    assert {sentence: ways for sentence, ways in said.items() if len(ways) > 1} == {}


@pytest.mark.parametrize("folder", capabilities(), ids=lambda folder: folder.name)
def test_a_translation_keeps_the_gaps_of_the_sentence(folder: Path) -> None:
    if not file_of(folder).exists():
        return
    for message in translated_in(folder):
        english = message.id if isinstance(message.id, str) else message.id[-1]
        thai = message.string if isinstance(message.string, str) else message.string[0]
        assert sorted(set(_GAP.findall(thai))) == sorted(set(_GAP.findall(english))), english


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_template_says_nothing_past_the_translators(path: Path) -> None:
    words = _Words()
    words.feed(_JINJA.sub(" ", path.read_text("utf-8")))
    assert [word for word in words.found if word not in _SAME_IN_ALL] == []


def test_a_bare_word_in_a_template_would_be_found() -> None:
    words = _Words()
    words.feed(_JINJA.sub(" ", '<p title="{{ x }} Hint">{{ _("Fine") }} Bare</p><script>var x = 1</script>'))
    assert words.found == ["Hint", "Bare"]


class _Words(HTMLParser):
    """Collects the words between tags and in attributes that are read to people."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.within: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.within = tag
        for name, value in attrs:
            if name in _SPOKEN and value:
                self._note(value)

    def handle_endtag(self, tag: str) -> None:
        self.within = ""

    def handle_data(self, data: str) -> None:
        if self.within not in ("script", "style"):
            self._note(data)

    def _note(self, text: str) -> None:
        self.found += re.findall(r"[^\W\d_]{2,}", text)
