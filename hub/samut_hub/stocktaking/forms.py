"""What staff fill in to begin a stock-taking and while they walk along the shelves."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired
from wtforms import BooleanField, FileField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from samut_hub.catalogue.forms import TextForm
from samut_hub.catalogue.models import Category, Place
from samut_hub.stocktaking.service import LONGEST_CODE, Scope
from samut_hub.web.language import language

PlaceTree = Iterable[tuple[Place, int]]


class BeginForm(TextForm):
    """What is counted."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=120)], description=_l("For example: end of year 2569"))
    place = SelectField(_l("Place"), default="")
    category = SelectField(_l("Category"), default="")

    def offer(self, places: PlaceTree, categories: Iterable[Category]) -> None:
        """Fill the choices."""
        self.place.choices = place_choices(places, _("The whole library"))
        names = [SelectChoice(str(one.id), one.shown(language())) for one in categories]
        self.category.choices = [SelectChoice("", _("Every category")), *names]

    def scope(self) -> Scope:
        """What was filled in, as the use case wants it."""
        return Scope(
            name=self.name.data,
            place_id=int(self.place.data) if self.place.data else None,
            category_id=int(self.category.data) if self.category.data else None,
        )


class ScanForm(TextForm):
    """One number, and the shelf before which the librarian stands."""

    scan = StringField(validators=[DataRequired(), Length(max=LONGEST_CODE)])
    here = SelectField(_l("I am standing at"), default="")

    def offer(self, places: PlaceTree) -> None:
        """Fill the choices."""
        self.here.choices = place_choices(places, _("Anywhere in what is counted"))

    def here_id(self) -> int | None:
        return int(self.here.data) if self.here.data else None


class FileForm(TextForm):
    """The memory of a collecting scanner or of an RFID wand: one number in a line."""

    file = FileField(_l("File of numbers, one in a line"), [FileRequired(_l("Choose a file."))])
    here = SelectField(_l("They were read at"), default="")

    offer = ScanForm.offer
    here_id = ScanForm.here_id


class CloseForm(TextForm):
    declare = BooleanField(_l("Give everything that was not read the status “missing”"))


def place_choices(places: PlaceTree, empty: str) -> list[SelectChoice]:
    """The tree of places as choices, shelves set in below their rooms."""
    tree = [SelectChoice(str(place.id), "\u2003" * depth + place.shown(language())) for place, depth in places]
    return [SelectChoice("", empty), *tree]
