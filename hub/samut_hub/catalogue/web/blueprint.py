"""The address under which all pages about titles and items stand, and what their templates may use."""

from flask import Blueprint

from samut_hub.catalogue.forms import LANGUAGES, STATUSES, era
from samut_hub.catalogue.records.marc import split_values

pages = Blueprint("catalogue", "samut_hub.catalogue", template_folder="templates", url_prefix="/catalogue")


@pages.app_template_filter()
def publication_year(year: int | None) -> str:
    """In the era of the person's language; nothing for None."""
    return "" if year is None else str(year + era())


@pages.app_template_filter()
def language_name(code: str) -> str:
    return str(LANGUAGES.get(code, code))


@pages.app_template_filter()
def item_status(status: str) -> str:
    names = {known.value: name for known, name in STATUSES.items()}
    return str(names.get(status, status))


@pages.app_template_filter()
def values(text: str) -> list[str]:
    """The values of a field that repeats."""
    return split_values(text)
