"""The short form of a cataloguing day."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from samut_hub.catalogue.entry.service import Obstacle
from samut_hub.catalogue.forms import TextForm
from samut_hub.catalogue.items import MOST_COPIES, ItemFields
from samut_hub.catalogue.models import Category, Place
from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.records.marc import SEPARATOR, Description, split_values
from samut_hub.web.language import language

OBSTACLES = {
    Obstacle.USED: _l("It cannot be taken back: the copy was lent or counted already."),
    Obstacle.CHANGED: _l("It cannot be taken back: the copy was changed since. Change it on its own page."),
}


class EntryForm(TextForm):
    """One book: a title that is known, by `title_id` or `hit_id`, or a new one in few words; and its copies."""

    token = HiddenField(validators=[DataRequired(), Length(max=60)])
    title_id = HiddenField()
    hit_id = HiddenField()
    isbn = HiddenField()
    title = StringField(_l("Title"), [Length(max=500)])
    author = StringField(_l("Author"), [Length(max=500)])
    call_number = StringField(_l("Call number"), [Length(max=100)])
    accession_number = StringField(_l("Accession number"), [DataRequired(), Length(max=60)])
    copies = IntegerField(_l("Number of copies"), [InputRequired(), NumberRange(1, MOST_COPIES)], default=1)
    place_id = SelectField(_l("Place"), default="")
    category_id = SelectField(_l("Category"), default="")

    @property
    def is_new(self) -> bool:
        """Whether the title is described here."""
        return not self.title_id.data and not self.hit_id.data

    def validate_title(self, control: StringField) -> None:
        if self.is_new and not control.data:
            raise ValidationError(_("This field is required."))

    def validate_accession_number(self, control: StringField) -> None:
        """A hasty scan of the next book's ISBN must not become the number of this one."""
        number = isbn13(control.data)
        if number and len(control.data) > 10 and number.startswith(("978", "979")):
            raise ValidationError(_("This is an ISBN. Save this book first, then scan the next."))

    def offer(self, places: Iterable[tuple[Place, int]], categories: Iterable[Category]) -> None:
        """Fill the choices."""
        tree = [SelectChoice(str(place.id), "\u2003" * depth + place.shown(language())) for place, depth in places]
        kinds = [SelectChoice(str(one.id), one.shown(language())) for one in categories]
        self.place_id.choices = [SelectChoice("", _("Not said")), *tree]
        self.category_id.choices = [SelectChoice("", _("Not said")), *kinds]

    def description(self) -> Description:
        return Description(
            title=self.title.data,
            author=SEPARATOR.join(split_values(self.author.data)),
            isbn=isbn13(self.isbn.data),
            call_number=self.call_number.data,
            language="tha" if any("ก" <= letter <= "๛" for letter in self.title.data) else "",
        )

    def fields(self) -> ItemFields:
        """A call number given for a title that is known is that of the copies."""
        return ItemFields(
            accession_number=self.accession_number.data,
            call_number="" if self.is_new else self.call_number.data,
            place_id=int(self.place_id.data) if self.place_id.data else None,
            category_id=int(self.category_id.data) if self.category_id.data else None,
        )
