"""Under which addresses the public pages stand, whose they are, and what their templates may use.

Every page has two addresses: `/find` for the only library or for all together, `/lib/<code>/find` for one of several.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, g, session, url_for

from samut_hub.opac.sites import Site, site_of
from samut_hub.web.hub import db, is_reading

pages = Blueprint("opac", "samut_hub.opac", template_folder="templates")

View = Callable[..., Any]


def page_at(path: str) -> Callable[[View], View]:
    """Register a page that is only read under both its addresses."""

    def register(view: View) -> View:
        pages.get(path)(view)
        return pages.get(f"/lib/<code>{path}")(view)

    return register


@pages.url_value_preprocessor
def keep_code(endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.site_code = (values or {}).pop("code", "")


@pages.url_defaults
def add_code(endpoint: str, values: dict[str, Any]) -> None:
    """Links stay within the site that is looked at."""
    code = g.get("site_code", "")
    if code and "code" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "code"):
        values["code"] = code


@pages.before_request
def open_site() -> None:
    """From here on the request's session sees the rows of this site, whoever asks."""
    if "site" not in g and is_reading():
        g.site = site_of(db(), g.get("site_code", ""))
        db().info["library_id"] = g.site.scope
        if g.get("staff") is None:
            g.library = g.site.library


@pages.after_request
def say_how_long(answer: Response) -> Response:
    """Pages are made for one visitor: language, list, who is signed in. Feeds say otherwise themselves."""
    answer.headers.setdefault("Cache-Control", "private, no-cache")
    return answer


def site() -> Site:
    """Whose public pages are looked at."""
    found: Site = g.site
    return found


@pages.app_template_global()
def titles_at() -> str:
    """How the address of every title's page here begins; its number follows. Lists ask once for all of theirs."""
    return url_for("opac.title", title_id=0).removesuffix("0")


@pages.app_template_global()
def basket_ids() -> list[int]:
    """The titles on the visitor's list, in the order in which they were put there."""
    return list(session.get("basket", ()))
