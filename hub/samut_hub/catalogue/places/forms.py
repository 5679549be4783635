"""What staff fill in about places and categories."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, ColorField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from samut_hub.catalogue.forms import TextForm
from samut_hub.catalogue.models import Category, Place
from samut_hub.web.language import language

FIRST_COLOUR = "#3b82f6"


class PlaceForm(TextForm):
    name = StringField(_l("Name in Thai"), [DataRequired(), Length(max=100)])
    name_en = StringField(_l("Name in English"), [Length(max=100)])
    parent_id = SelectField(_l("Lies in"), default="")

    def offer(self, tree: Iterable[tuple[Place, int]]) -> None:
        """Fill the choices."""
        known = [SelectChoice(str(place.id), "\u2003" * depth + place.shown(language())) for place, depth in tree]
        self.parent_id.choices = [SelectChoice("", _("Nothing: it is a room or building")), *known]

    def parent(self) -> int | None:
        return int(self.parent_id.data) if self.parent_id.data else None


class CategoryForm(TextForm):
    """`colour` counts only when `has_colour` is ticked: a browser's field for colours is never empty."""

    name = StringField(_l("Name in Thai"), [DataRequired(), Length(max=100)])
    name_en = StringField(_l("Name in English"), [Length(max=100)])
    has_colour = BooleanField(_l("Coloured band on spine labels"))
    colour = ColorField(_l("Colour"), [Regexp(r"(#[0-9a-fA-F]{6})?\Z")], default=FIRST_COLOUR)

    def show_category(self, category: Category) -> None:
        self.name.data, self.name_en.data = category.name, category.name_en
        self.has_colour.data, self.colour.data = bool(category.colour), category.colour or FIRST_COLOUR

    def chosen(self) -> str:
        """The colour as #rrggbb, or nothing."""
        return str(self.colour.data or "").lower() if self.has_colour.data else ""
