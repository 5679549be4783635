"""What cataloguers fill in about headings."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from samut_hub.catalogue.authorities.policy import LONGEST, HeadingKind
from samut_hub.catalogue.forms import TextForm

KINDS = {
    HeadingKind.PERSON: _l("Persons"),
    HeadingKind.BODY: _l("Bodies"),
    HeadingKind.MEETING: _l("Meetings"),
    HeadingKind.SUBJECT: _l("Subjects"),
    HeadingKind.PLACE: _l("Places as subjects"),
    HeadingKind.GENRE: _l("Genres"),
    HeadingKind.WORK: _l("Works as subjects"),
}


class HeadingForm(TextForm):
    """What a librarian says of a heading."""

    is_authorised = BooleanField(_l("Authorised: this is the form to use"))
    note = TextAreaField(_l("Note"), [Length(max=2000)], description=_l("For example: who is meant, when to use it."))
    source = StringField(_l("Source of the form"), [Length(max=300)], description=_l("Where the form was found."))


class FormOfHeading(TextForm):
    """Another form, another heading, or a new one."""

    text = StringField(_l("Heading"), [DataRequired(), Length(max=LONGEST)])
