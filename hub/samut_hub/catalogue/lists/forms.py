"""What staff fill in to get a list, and the words that lists say."""

import re
from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length, Optional, Regexp

from samut_hub.catalogue.forms import STATUSES, TextForm
from samut_hub.catalogue.labels.choosing import MOST_ITEMS, numbers_in
from samut_hub.catalogue.labels.forms import LONGEST_PASTE
from samut_hub.catalogue.lists.choosing import Choice, Order
from samut_hub.catalogue.lists.citations import Style
from samut_hub.catalogue.lists.columns import Column, Kind
from samut_hub.catalogue.lists.service import Wish
from samut_hub.catalogue.models import Category, MaterialType, Place
from samut_hub.web.forms import DayField
from samut_hub.web.language import language
from samut_hub.web.parameters import LARGEST_ID

MOST_IDS = 10_000
"""Titles that a search hands over at most."""

KINDS = {
    Kind.REGISTER: _l("Accession register"),
    Kind.SHELF: _l("Shelf list"),
    Kind.ITEMS: _l("List of copies"),
    Kind.TITLES: _l("List of titles"),
    Kind.PICTURES: _l("List with pictures"),
    Kind.BIBLIOGRAPHY: _l("Bibliography"),
    Kind.CARDS: _l("Catalogue cards"),
}
ORDERS = {
    Order.ACCESSION: _l("Accession number"),
    Order.CALL_NUMBER: _l("Call number, as on the shelf"),
    Order.CLASS: _l("Class number, all collections together"),
    Order.TITLE: _l("Title"),
    Order.AUTHOR: _l("Author"),
    Order.SUBJECT: _l("Subject"),
    Order.ISBN: _l("ISBN"),
    Order.YEAR: _l("Year of publication"),
    Order.ADDED: _l("Day added"),
}
STYLES = {
    Style.THAI: _l("Thai form (APA 7)"),
    Style.APA: _l("APA, 7th edition"),
    Style.CHICAGO: _l("Chicago, author and date"),
    Style.CHICAGO_NOTES: _l("Chicago, with notes"),
    Style.VANCOUVER: _l("Vancouver"),
}
LABELS = {
    Column.NUMBER: _l("No."),
    Column.ADDED: _l("Day added"),
    Column.RECEIVED: _l("Received on"),
    Column.ACCESSION_NUMBER: _l("Accession number"),
    Column.BARCODE: _l("Bar code"),
    Column.CALL_NUMBER: _l("Call number"),
    Column.AUTHOR: _l("Author"),
    Column.TITLE: _l("Title"),
    Column.EDITION: _l("Edition"),
    Column.PUBLISHED: _l("Place and publisher"),
    Column.PUBLICATION_PLACE: _l("Place of publication"),
    Column.PUBLISHER: _l("Publisher"),
    Column.YEAR: _l("Year of publication"),
    Column.ISBN: _l("ISBN"),
    Column.ISSN: _l("ISSN"),
    Column.EXTENT: _l("Extent"),
    Column.SERIES: _l("Series"),
    Column.SUBJECTS: _l("Subjects"),
    Column.MATERIAL: _l("Material"),
    Column.CATEGORY: _l("Category"),
    Column.PLACE: _l("Place"),
    Column.SOURCE: _l("Acquired from"),
    Column.PRICE: _l("Price (baht)"),
    Column.STATUS: _l("Status"),
    Column.NOTE: _l("Note"),
    Column.COPIES: _l("Number of copies"),
    Column.CITATION: _l("Citation"),
}
CARDS_PER_PAGE = {"4": _l("Four on A4, to cut"), "1": _l("One on a page of 12.5 × 7.5 cm")}


class ListForm(TextForm):
    """Which list, of what, in what order. It is filled by an address too: it changes nothing."""

    kind = RadioField(
        _l("Kind of list"),
        choices=[SelectChoice(one.value, name) for one, name in KINDS.items()],
        default=Kind.REGISTER.value,
    )
    order = SelectField(_l("Sorted by"), default=Order.ACCESSION.value)
    style = SelectField(_l("Style of bibliographies"), default=Style.THAI.value)
    cards = SelectField(_l("Paper for catalogue cards"), default="4")
    numbers = TextAreaField(_l("Accession numbers or bar codes, one in a line"), [Length(max=LONGEST_PASTE)])
    first = StringField(_l("Accession numbers from"), [Length(max=60)])
    last = StringField(_l("Until"), [Length(max=60)])
    place_id = SelectField(_l("Place"), default="")
    category_id = SelectField(_l("Category"), default="")
    material = SelectField(_l("Material"), default="")
    status = SelectField(_l("Status"), default="")
    added_from = DayField(_l("Added from"), [Optional()])
    added_until = DayField(_l("Until"), [Optional()])
    titles = HiddenField(
        filters=[lambda text: text or ""], validators=[Optional(), Regexp(r"\d{1,15}(?:,\d{1,15})*\Z")]
    )

    def validate_numbers(self, field: TextAreaField) -> None:
        given = len(numbers_in(field.data))
        if given > MOST_ITEMS:
            said = _("These are %(given)s numbers. One list takes %(most)s: paste fewer, or give a range.")
            raise ValidationError(said % _counted(given, MOST_ITEMS))

    def validate_titles(self, field: HiddenField) -> None:
        given = len(self._title_ids())
        if given > MOST_IDS:
            said = _("%(given)s titles were chosen. One list takes %(most)s: choose fewer.")
            raise ValidationError(said % _counted(given, MOST_IDS))

    def offer(
        self, places: Iterable[tuple[Place, int]], categories: Iterable[Category], materials: Iterable[MaterialType]
    ) -> None:
        """Fill the choices."""
        every = SelectChoice("", _("All"))
        self.order.choices = [SelectChoice(one.value, name) for one, name in ORDERS.items()]
        self.style.choices = [SelectChoice(one.value, name) for one, name in STYLES.items()]
        self.cards.choices = [SelectChoice(count, name) for count, name in CARDS_PER_PAGE.items()]
        tree = [SelectChoice(str(place.id), "\u2003" * depth + place.shown(language())) for place, depth in places]
        self.place_id.choices = [every, *tree]
        named = [SelectChoice(str(one.id), one.shown(language())) for one in categories]
        self.category_id.choices = [every, *named]
        self.material.choices = [every, *(SelectChoice(one.code, one.name(language())) for one in materials)]
        self.status.choices = [every, *(SelectChoice(one.value, name) for one, name in STATUSES.items())]

    @property
    def is_narrowed(self) -> bool:
        """Whether less than everything is asked for."""
        return any(control.data for control in self if control.name not in ("kind", "order", "style", "cards"))

    def wish(self, zone: str) -> Wish:
        """What is asked for, as the use case wants it."""
        return Wish(
            kind=Kind(self.kind.data),
            order=Order(self.order.data),
            style=Style(self.style.data),
            cards_per_page=int(self.cards.data),
            choice=Choice(
                numbers=self.numbers.data,
                first=self.first.data,
                last=self.last.data,
                place_id=int(self.place_id.data) if self.place_id.data else None,
                category_id=int(self.category_id.data) if self.category_id.data else None,
                material=self.material.data,
                status=self.status.data,
                added_from=self.added_from.data,
                added_until=self.added_until.data,
                titles=self._title_ids(),
                zone=zone,
            ),
            language=language(),
        )

    def _title_ids(self) -> tuple[int, ...]:
        """A number that no title can have stays one that is not found."""
        return tuple(dict.fromkeys(min(int(one), LARGEST_ID) for one in re.findall(r"\d+", self.titles.data)))


def _counted(given: int, most: int) -> dict[str, str]:
    return {"given": f"{given:,}", "most": f"{most:,}"}
