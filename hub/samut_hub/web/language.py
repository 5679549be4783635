"""Thai or English: what the person chose, else what the browser asks for, else the hub's own language."""

from pathlib import Path

from flask import Flask, current_app, g, request
from flask_babel import Babel, get_locale
from werkzeug.wrappers import Response

LANGUAGES = {"th": "ไทย", "en": "English"}
PACKAGE = Path(__file__).parent.parent
_YEAR = 365 * 24 * 3600


def language() -> str:
    """The two letters of the language in which this answer is given."""
    return str(get_locale())


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
    Babel(app, locale_selector=choose_language)  # type: ignore[no-untyped-call]
    app.jinja_env.globals.update(language=language, LANGUAGES=LANGUAGES)
