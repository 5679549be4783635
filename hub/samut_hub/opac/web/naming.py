"""How the values by which a search is narrowed are called: codes and ids to names."""

from collections.abc import Sequence

from sqlalchemy import select

from samut_hub.catalogue.forms import LANGUAGES
from samut_hub.catalogue.models import Category
from samut_hub.catalogue.service import material_types
from samut_hub.opac.asking import Asked, decade_name
from samut_hub.opac.copies import place_names
from samut_hub.opac.sites import Site
from samut_hub.web.hub import db
from samut_hub.web.language import language

Facets = dict[str, list[tuple[str, int]]]


class Names:
    """Of one page: read once, for the facets there are and what the visitor chose."""

    def __init__(self, site: Site, facets: Facets, asked: Asked) -> None:
        self._language = language()
        categories = _wanted("category", facets, asked)
        own = [] if site.library is None else [site.library.id]
        self.places = place_names(db(), own, self._language) if own else {}
        self.materials = {one.code: one.name(self._language) for one in material_types(db())}
        self.libraries = {one.id: one.name(self._language) for one in site.libraries}
        self._categories = _categories(categories, self._language) if own and categories else {}

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


def _wanted(facet: str, facets: Facets, asked: Asked) -> list[int]:
    return [int(value) for value in (*asked.chosen(facet), *(value for value, _ in facets.get(facet, ())))]


def _categories(ids: Sequence[int], language: str) -> dict[int, str]:
    found = db().scalars(select(Category).where(Category.id.in_(ids)))
    return {category.id: category.shown(language) for category in found}
