"""How what is asked is called: fields, orders, and the values by which a search is narrowed."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from samut_hub.catalogue.forms import LANGUAGES
from samut_hub.catalogue.listed import material_names
from samut_hub.catalogue.search.criteria import Sort
from samut_hub.catalogue.search.index_format import ONLINE
from samut_hub.catalogue.searching.asking import decade_name
from samut_hub.catalogue.service import categories, place_names
from samut_hub.libraries.keeping import kept
from samut_hub.libraries.models import Library
from samut_hub.web.hub import db
from samut_hub.web.language import language

FACET_NAMES = {
    "material": _l("Material"),
    "category": _l("Category"),
    "place": _l("Place"),
    "language": _l("Language"),
    "decade": _l("Years"),
    "library": _l("Library"),
    "author": _l("Author"),
    "subject": _l("Subject"),
}
FIELD_NAMES = {
    "": _l("Anywhere"),
    "title": _l("Title"),
    "author": _l("Author"),
    "subject": _l("Subject"),
    "publisher": _l("Publisher"),
    "series": _l("Series"),
    "call_number": _l("Call number"),
    "isbn": _l("ISBN or ISSN"),
    "accession": _l("Accession number"),
}
JOINT_NAMES = {"and": _l("and"), "or": _l("or"), "not": _l("but not")}
SORT_NAMES = {
    Sort.BEST: _l("Best match"),
    Sort.TITLE: _l("Title"),
    Sort.AUTHOR: _l("Author"),
    Sort.NEWEST: _l("Newest year"),
    Sort.OLDEST: _l("Oldest year"),
    Sort.LAST_ADDED: _l("Newest records"),
}


class Names:
    """Of one page. Places and categories only where the session sees one library."""

    def __init__(self, libraries: Sequence[Library]) -> None:
        self._language = language()
        own = next((one for one in libraries if one.id == db().info["library_id"]), None)
        self.places = {} if own is None else places_in(own)
        self.materials = material_names(db(), self._language)
        self.libraries = {one.id: one.name(self._language) for one in libraries} | {ONLINE: _("Open online")}
        self._categories = {} if own is None else _categories(own, self._language)

    def of(self, facet: str, value: str) -> str:
        """Empty for a category or place that is gone meanwhile."""
        match facet:
            case "material":
                return self.materials.get(value, value)
            case "language":
                return str(LANGUAGES.get(value, value))
            case "category":
                return self._categories.get(int(value), "")
            case "place":
                return self.places.get(int(value), "")
            case "library":
                return self.libraries.get(int(value), "")
            case "decade":
                return decade_name(value, self._language)
        return value


def places_in(library: Library) -> dict[int, str]:
    """Names of the library's places in the language of this answer. Nobody may change them."""
    spoken = language()
    return kept(db(), library, f"places, {spoken}", lambda: place_names(db(), spoken, [library.id]))


def _categories(library: Library, language: str) -> dict[int, str]:
    def read() -> dict[int, str]:
        return {category.id: category.shown(language) for category in categories(db())}

    return kept(db(), library, f"categories, {language}", read)
