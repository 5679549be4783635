"""What staff fill in about titles and items, and how refusals are said beside the field."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.core import Field, UnboundField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from samut_hub.catalogue.classification.keys import Scheme
from samut_hub.catalogue.item_status import WrongStatusError
from samut_hub.catalogue.items import (
    MOST_COPIES,
    ItemFields,
    NumberError,
    WrongNumberError,
    WrongRangeError,
)
from samut_hub.catalogue.models import Category, Item, MaterialType, Place, Title
from samut_hub.catalogue.policy import ItemEvent, NumberFault, StatusFault
from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.records.issn import issn8, shown_issn
from samut_hub.catalogue.records.marc import SEPARATOR, Description, split_values
from samut_hub.catalogue.records.years import BUDDHIST, year_of
from samut_hub.web.forms import DayField, Form
from samut_hub.web.language import language
from samut_rules.loan import ItemStatus

LANGUAGES = {
    "tha": _l("Thai"),
    "eng": _l("English"),
    "chi": _l("Chinese"),
    "jpn": _l("Japanese"),
    "kor": _l("Korean"),
    "may": _l("Malay"),
    "lao": _l("Lao"),
    "bur": _l("Burmese"),
    "khm": _l("Khmer"),
    "vie": _l("Vietnamese"),
    "ara": _l("Arabic"),
    "pli": _l("Pali"),
    "fre": _l("French"),
    "ger": _l("German"),
    "spa": _l("Spanish"),
    "rus": _l("Russian"),
    "mul": _l("Several languages"),
}
STATUSES = {
    ItemStatus.AVAILABLE: _l("Available"),
    ItemStatus.RESERVED: _l("Reserved"),
    ItemStatus.REFERENCE: _l("For use in the library only"),
    ItemStatus.IN_PROCESS: _l("Being prepared"),
    ItemStatus.IN_REPAIR: _l("Sent for repair"),
    ItemStatus.MISSING: _l("Missing"),
    ItemStatus.LOST: _l("Lost"),
    ItemStatus.WITHDRAWN: _l("Written off"),
    ItemStatus.TO_CHECK: _l("Parts to be checked"),
    ItemStatus.INCOMPLETE: _l("Parts missing"),
}
GIVEN_BY_HAND = {status: name for status, name in STATUSES.items() if status is not ItemStatus.RESERVED}
"""What staff may choose: an item is reserved by being set aside for a member, and by nothing else."""
EVENTS = {
    ItemEvent.EDITED: _l("Edited"),
    ItemEvent.STATUS: _l("Status changed"),
    ItemEvent.DAMAGED: _l("Damaged"),
    ItemEvent.CLAIMED_RETURNED: _l("Borrower says it was returned"),
    ItemEvent.HANDED_IN: _l("Handed in"),
    ItemEvent.UNDONE: _l("Change taken back"),
}
STATUS_FAULTS = {
    StatusFault.ON_LOAN: _l("It is on loan. Take it back first; or note that it is lost."),
    StatusFault.NOT_ON_LOAN: _l("It is not on loan, so nobody has to return it."),
    StatusFault.NEEDS_REASON: _l("Give the reason for writing it off, on the page of the copy."),
    StatusFault.UNCHANGED: _l("It has this status already."),
    StatusFault.SET_ASIDE: _l("It is set aside for a member. Cancel the reservation first, on the title's page."),
    StatusFault.NOT_BY_HAND: _l("It is set aside by itself when a member has reserved the title."),
}
SCHEMES = {
    Scheme.DDC: _l("Dewey (DDC)"),
    Scheme.LC: _l("Library of Congress (LC)"),
    Scheme.NLM: _l("National Library of Medicine (NLM)"),
    Scheme.FREE: _l("Own numbers, as text"),
}
_MONEY = ("price", "service_charge", "fine_per_day")
NUMBER_FAULTS = {
    NumberFault.TOO_SHORT: _l("An accession number has at least six letters and digits, for example 000123."),
    NumberFault.TOO_LONG: _l("The number has more than forty characters."),
    NumberFault.STRANGE_CHARACTER: _l("Use Thai or English letters, digits and ordinary punctuation only."),
}


class TextForm(Form):
    """A form whose texts are never None and hold no character that a database refuses."""

    class Meta(Form.Meta):
        def bind_field(self, form: object, unbound_field: UnboundField, options: dict[str, Any]) -> Field:
            if issubclass(unbound_field.field_class, StringField):
                options = {**options, "filters": (_text,)}
            return super().bind_field(form, unbound_field, options)


class TitleForm(TextForm):
    """A title as a school librarian describes it. Years may be given in the Buddhist or the Common Era."""

    title = StringField(_l("Title"), [DataRequired(), Length(max=500)])
    author = StringField(
        _l("Author"),
        [Length(max=500)],
        description=_l("Several: put a semicolon between them. Thai names as spoken."),
    )
    material = SelectField(_l("Material"))
    language = SelectField(_l("Language"))
    publisher = StringField(_l("Publisher"), [Length(max=300)])
    year = StringField(_l("Year of publication"), [Length(max=20)], description=_l("2569 and 2026 are the same."))
    isbn = StringField(_l("ISBN"), [Length(max=40)], description=_l("Scan it or type it, with or without hyphens."))
    call_number = StringField(_l("Call number"), [Length(max=100)], description=_l("For example 895.913 ส123ก"))
    subjects = TextAreaField(
        _l("Subjects"), [Length(max=2000)], description=_l("Several: put a semicolon between them.")
    )
    summary = TextAreaField(_l("Summary"), [Length(max=10000)])
    issn = StringField(_l("ISSN"), [Length(max=40)], description=_l("Eight digits, with or without a hyphen."))
    edition = StringField(_l("Edition"), [Length(max=200)])
    publication_place = StringField(_l("Place of publication"), [Length(max=200)])
    extent = StringField(
        _l("Extent"), [Length(max=500)], description=_l("Pages, pictures and size: 120 p. : ill. ; 21 cm")
    )
    series = StringField(
        _l("Series"),
        [Length(max=500)],
        description=_l("The number after a comma. Several: put a semicolon between them."),
    )
    frequency = StringField(_l("Frequency"), [Length(max=200)], description=_l("For example monthly, weekly, daily."))
    annotation = TextAreaField(
        _l("Annotation"), [Length(max=10000)], description=_l("What a librarian says of it, and for whom it is.")
    )
    promotion = TextAreaField(
        _l("Promotional text"), [Length(max=10000)], description=_l("Shown to readers to make them curious.")
    )
    version = HiddenField()
    same_isbn = BooleanField(_l("It is another title with the same ISBN"))

    def validate_isbn(self, control: StringField) -> None:
        if control.data and not isbn13(control.data):
            raise ValidationError(_("This is not an ISBN: a digit is missing or mistyped."))

    def validate_issn(self, control: StringField) -> None:
        if control.data and not issn8(control.data):
            raise ValidationError(_("This is not an ISSN: a digit is missing or mistyped."))

    def validate_year(self, control: StringField) -> None:
        if control.data and year_of(control.data) is None:
            raise ValidationError(_("Give the year with four digits."))

    def offer(self, materials: Iterable[MaterialType], title: Title | None) -> None:
        """Fill the choices; a language that is not in the list stays as it is."""
        self.material.choices = [SelectChoice(one.code, one.name(language())) for one in materials]
        own = {title.language: title.language} if title is not None and title.language not in LANGUAGES else {}
        known = {"": _l("Not known"), **own, **LANGUAGES}
        self.language.choices = [SelectChoice(code, name) for code, name in known.items()]

    @staticmethod
    def values_of(title: Title) -> dict[str, Any]:
        """What is known of the title, as it stands in the form."""
        return {
            **{name: getattr(title, name) for name in Description.__struct_fields__},
            "year": "" if title.year is None else str(title.year + era()),
            "issn": shown_issn(title.issn),
            "version": str(title.version),
        }

    def description(self) -> Description:
        """What was filled in, as the use case wants it."""
        return Description(
            title=self.title.data,
            author=SEPARATOR.join(split_values(self.author.data)),
            publisher=self.publisher.data,
            year=year_of(self.year.data),
            isbn=isbn13(self.isbn.data),
            language=self.language.data,
            call_number=self.call_number.data,
            subjects=SEPARATOR.join(split_values(self.subjects.data.replace("\n", ";"))),
            summary=_in_lines(self.summary.data),
            material=self.material.data,
            issn=issn8(self.issn.data),
            edition=self.edition.data,
            publication_place=self.publication_place.data,
            extent=self.extent.data,
            series=SEPARATOR.join(split_values(self.series.data)),
            frequency=self.frequency.data,
            annotation=_in_lines(self.annotation.data),
            promotion=_in_lines(self.promotion.data),
        )

    def known_version(self) -> int:
        return int(self.version.data) if self.version.data.isdecimal() else 0


class ItemForm(TextForm):
    """One copy or unit of equipment, or several with consecutive numbers."""

    accession_number = StringField(_l("Accession number"), [DataRequired(), Length(max=120)])
    copies = IntegerField(_l("Number of copies"), [Optional(), NumberRange(1, MOST_COPIES)], default=1)
    barcode = StringField(
        _l("Bar code"), [Length(max=60)], description=_l("Empty: the bar code is the accession number.")
    )
    rfid = StringField(_l("RFID tag"), [Length(max=60)], description=_l("Put the tag on the reader, or type it."))
    call_number = StringField(_l("Call number"), [Length(max=100)], description=_l("Empty: that of the title."))
    scheme = SelectField(_l("Classification"), default="")
    place_id = SelectField(_l("Place"), default="")
    category_id = SelectField(_l("Category"), default="")
    status = SelectField(
        _l("Status"),
        default=ItemStatus.AVAILABLE.value,
        choices=[SelectChoice(status.value, name) for status, name in GIVEN_BY_HAND.items()],
    )
    loan_days = IntegerField(_l("Loan days of its own"), [Optional(), NumberRange(0, 3650)])
    fine_per_day = DecimalField(_l("Fine per day of its own (baht)"), [Optional(), NumberRange(0, 100_000)], places=2)
    service_charge = DecimalField(
        _l("Service charge for borrowing (baht)"), [Optional(), NumberRange(0, 100_000)], places=2
    )
    source = StringField(_l("Source"), [Length(max=200)], description=_l("Shop, donor or budget it came from."))
    price = DecimalField(_l("Price in baht"), [Optional(), NumberRange(0, 10_000_000)], places=2)
    received_on = DayField(_l("Received on"), [Optional()])
    serial_number = StringField(_l("Serial number"), [Length(max=100)])
    warranty_until = DayField(_l("Warranty until"), [Optional()])
    parts = TextAreaField(
        _l("Parts that must come back"), [Length(max=2000)], description=_l("One in a line: charger, cable, bag.")
    )
    note = TextAreaField(_l("Note for staff"), [Length(max=2000)])

    def offer(self, places: Iterable[tuple[Place, int]], categories: Iterable[Category] = ()) -> None:
        """Fill the choices."""
        tree = [SelectChoice(str(place.id), "\u2003" * depth + place.shown(language())) for place, depth in places]
        self.place_id.choices = [SelectChoice("", _("Not said")), *tree]
        kinds = [SelectChoice(str(one.id), one.shown(language())) for one in categories]
        self.category_id.choices = [SelectChoice("", _("Not said")), *kinds]
        own = [SelectChoice(scheme.value, name) for scheme, name in SCHEMES.items()]
        self.scheme.choices = [SelectChoice("", _("As usual here")), *own]

    def keep_status(self, status: str) -> None:
        """One that nobody gives by hand may stay while the rest is changed."""
        if status not in GIVEN_BY_HAND:
            own = SelectChoice(status, STATUSES[ItemStatus(status)])
            self.status.choices = [own, *self.status.choices]

    def fields(self) -> ItemFields:
        """What was filled in, as the use case wants it."""
        names = [name for name in ItemFields.__slots__ if name not in (*_MONEY, "place_id", "category_id", "parts")]
        texts: dict[str, Any] = {name: self[name].data for name in names}
        money: dict[str, Any] = {
            name: None if self[name].data is None else int(self[name].data * 100) for name in _MONEY
        }
        return ItemFields(
            **texts,
            **money,
            place_id=int(self.place_id.data) if self.place_id.data else None,
            category_id=int(self.category_id.data) if self.category_id.data else None,
            parts=_in_lines(self.parts.data),
        )

    def show_item(self, item: Item) -> None:
        """Fill in what is known of the item; a bar code that is the accession number is left empty."""
        for name in ItemFields.__slots__:
            self[name].data = getattr(item, name)
        self.barcode.data = "" if item.barcode == item.accession_number else item.barcode
        for name in ("place_id", "category_id"):
            self[name].data = "" if getattr(item, name) is None else str(getattr(item, name))
        for name in _MONEY:
            amount = getattr(item, name)
            self[name].data = None if amount is None else Decimal(amount) / 100

    def refuse(self, error: NumberError | WrongStatusError) -> None:
        """Say beside the number, or the status, what is wrong with it."""
        control = self.status if isinstance(error, WrongStatusError) else self[error.kind]
        control.errors = [*control.errors, say_refusal(error)]


class StatusForm(TextForm):
    """What became of an item: a status, or that it is damaged or said to have been returned."""

    status = SelectField(_l("What happened"))
    reason = StringField(_l("Reason"), [Length(max=500)])
    happened_on = DayField(_l("On"), [Optional()])

    def offer(self, item: Item, *, is_lent: bool) -> None:
        """Only what can happen to it now."""
        events = [ItemEvent.DAMAGED, ItemEvent.CLAIMED_RETURNED] if is_lent else [ItemEvent.DAMAGED]
        statuses = [ItemStatus.LOST] if is_lent else [one for one in GIVEN_BY_HAND if one != item.status]
        chosen = [(status.value, STATUSES[status]) for status in statuses]
        told = [(event.value, EVENTS[event]) for event in events]
        self.status.choices = [SelectChoice(value, name) for value, name in chosen + told]


def say_refusal(error: NumberError | WrongStatusError) -> str:
    """The sentence for a number that cannot be used, or a status that cannot be given."""
    if isinstance(error, WrongNumberError):
        return str(NUMBER_FAULTS[error.fault])
    if isinstance(error, WrongStatusError):
        return str(STATUS_FAULTS[error.fault])
    if isinstance(error, WrongRangeError):
        return _("The last number must follow the first, with at most %(count)s numbers.", count=error.most)
    return _("%(number)s is taken by “%(title)s”.", number=error.number, title=error.holder.title.title)


def era() -> int:
    """What is added to years of the Common Era in the person's language."""
    return BUDDHIST if language() == "th" else 0


def _in_lines(text: str) -> str:
    """One paragraph in a line, without empty ones."""
    return "\n".join(filter(None, (line.strip() for line in text.splitlines())))


def _text(typed: object) -> str:
    return "" if typed is None else str(typed).replace("\0", "").strip()
