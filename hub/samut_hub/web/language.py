"""Thai or English: what the person chose, else what the browser asks for, else the hub's own language."""

from pathlib import Path

from babel.support import NullTranslations
from flask import Flask, current_app, g, request
from flask_babel import Babel, Domain, force_locale, get_locale
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from werkzeug.wrappers import Response

LANGUAGES = {"th": "ไทย", "en": "English"}
PACKAGE = Path(__file__).parent.parent
_YEAR = 365 * 24 * 3600


class Sentences(Domain):
    """The hub's sentences in the language of this answer, found once for a request: looked for at each sentence, that
    took a third of a long page."""

    def get_translations(self) -> NullTranslations:
        known: NullTranslations | None = g.get("sentences") if g else None
        if known is not None:
            return known
        found: NullTranslations = super().get_translations()  # type: ignore[no-untyped-call]
        if g:
            g.sentences = found
        return found


SENTENCES = Sentences()  # type: ignore[no-untyped-call]


@pass_context
def said(context: Context, sentence: str, /, **values: object) -> str:
    """In templates, as the new style of Jinja's i18n extension has it: safe, with what fills its gaps escaped."""
    words: str = SENTENCES.get_translations().ugettext(sentence)
    return (Markup(words) if context.eval_ctx.autoescape else words) % values  # noqa: S704 — the hub's own words


@pass_context
def said_of(context: Context, one: str, many: str, number: int, /, **values: object) -> str:
    """The same of one or of many: `num` is how many, unless it is given as it should be written."""
    words: str = SENTENCES.get_translations().ungettext(one, many, number)
    return (Markup(words) if context.eval_ctx.autoescape else words) % {"num": number, **values}  # noqa: S704 — the same


def language() -> str:
    """The two letters of the language in which this answer is given."""
    spoken = get_locale()
    return "" if spoken is None else str(spoken.language)


def choose_language() -> str:
    """The language of the account, of the cookie, of the browser, of the hub: the first there is."""
    account = g.get("staff")
    wanted = request.cookies.get(cookie_name()) if account is None else account.language
    if wanted in LANGUAGES:
        return str(wanted)
    return request.accept_languages.best_match(LANGUAGES) or str(current_app.config["BABEL_DEFAULT_LOCALE"])


def cookie_name() -> str:
    return "__Host-lang" if current_app.config["SESSION_COOKIE_SECURE"] else "lang"


def keep_language(answer: Response, code: str) -> None:
    """Remember the choice in this browser for a year."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(cookie_name(), code, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax", path="/")


def catalogue_folders() -> list[Path]:
    """The translations folder of every part that has pages, and of the layout."""
    return sorted(PACKAGE.glob("*/translations")) + sorted(PACKAGE.glob("*/*/translations"))


def use_languages(app: Flask) -> None:
    """Translate pages; templates know `language()`."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(map(str, catalogue_folders()))
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    babel = Babel(app, locale_selector=choose_language)  # type: ignore[no-untyped-call]
    babel.domain_instance = SENTENCES
    app.jinja_env.globals.update(_=said, gettext=said, ngettext=said_of, language=language, LANGUAGES=LANGUAGES)


def load_sentences(app: Flask) -> None:
    """Of all languages, before processes are forked that would each read them for themselves."""
    for code in LANGUAGES:
        with app.app_context(), force_locale(code):
            SENTENCES.get_translations()
