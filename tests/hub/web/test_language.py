"""Sentences of pages in the language of who reads them."""

import pytest
from flask import Flask, render_template_string

from samut_hub.web.language import SENTENCES, load_sentences

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(("language", "said"), [("en", "Due &lt;b&gt;"), ("th", "กำหนดส่ง &lt;b&gt;")])
def test_what_fills_the_gap_of_a_sentence_is_escaped(hub_app: Flask, language: str, said: str) -> None:
    with hub_app.test_request_context(headers={"Accept-Language": language}):
        assert render_template_string("{{ _('Due %(day)s', day='<b>') }}") == said


def test_each_reader_is_answered_in_their_own_language(hub_app: Flask) -> None:
    for language, said in (("th", "ต่ออายุ"), ("en", "Renew"), ("th", "ต่ออายุ")):
        with hub_app.test_request_context(headers={"Accept-Language": language}):
            assert render_template_string("{{ _('Renew') }}|{% trans %}Renew{% endtrans %}") == f"{said}|{said}"


def test_sentences_are_read_before_anybody_asks(hub_app: Flask) -> None:
    SENTENCES.cache.clear()

    load_sentences(hub_app)

    assert {language for language, _domain in SENTENCES.cache} == {"th", "en"}
