"""What is filled in about libraries that are asked, and how faults are said."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from samut_hub.catalogue.copying.models import Target
from samut_hub.catalogue.copying.policy import (
    ATTRIBUTES,
    DATABASE,
    HOST,
    INDEX,
    LONGEST_TIMEOUT,
    SHORTEST_TIMEOUT,
    SYNTAX,
    Fault,
    Kind,
)
from samut_hub.catalogue.copying.service import Into, Told
from samut_hub.catalogue.forms import TextForm
from samut_hub.catalogue.records.charsets import Coding

KINDS = {Kind.SRU: "SRU", Kind.Z3950: "Z39.50"}
CODINGS = {
    "": _l("As the record says, or as found out"),
    Coding.UTF8.value: "UTF-8",
    Coding.MARC8.value: "MARC-8",
    Coding.THAI.value: _l("TIS-620 (old Thai)"),
}
FAULTS = {
    Fault.UNREACHABLE: _l("Cannot be reached. Try again later, or check its address in the settings."),
    Fault.TOO_SLOW: _l("Did not answer in time."),
    Fault.TOO_BIG: _l("Sent more than can be read. Ask more exactly."),
    Fault.NOT_UNDERSTOOD: _l("Sent something that is no answer to a search. Check its address in the settings."),
    Fault.REFUSED: _l("Refused the question."),
    Fault.CANNOT_ASK: _l("Cannot be asked for this: its settings name no index for it."),
    Fault.NO_PROGRAM: _l("The program for Z39.50 is not installed here: Debian's package yaz."),
}


class TargetForm(TextForm):
    """A library that is asked."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=100)])
    kind = SelectField(_l("Protocol"), choices=[SelectChoice(kind.value, name) for kind, name in KINDS.items()])
    host = StringField(_l("Host"), [DataRequired(), Length(max=253)], description=_l("For example lx2.loc.gov"))
    port = IntegerField(_l("Port"), [InputRequired(), NumberRange(1, 65535)])
    database = StringField(
        _l("Database"), [Length(max=200)], description=_l("For SRU: the path after the host, for example sru/dnb")
    )
    is_secure = BooleanField(_l("Encrypted (https), for SRU"))
    syntax = StringField(
        _l("Format of records"),
        [DataRequired(), Length(max=100)],
        description=_l("SRU: marcxml. Z39.50: usmarc or unimarc."),
    )
    coding = SelectField(
        _l("Coding of letters"), choices=[SelectChoice(code, name) for code, name in CODINGS.items()]
    )
    isbn_index = StringField(_l("Index for ISBN"), [Length(max=50)], description=_l("SRU: bath.isbn. Z39.50: 1=7."))
    title_index = StringField(_l("Index for titles"), [Length(max=50)], description=_l("SRU: dc.title. Z39.50: 1=4."))
    author_index = StringField(
        _l("Index for authors"), [Length(max=50)], description=_l("SRU: dc.creator. Z39.50: 1=1003.")
    )
    timeout = IntegerField(
        _l("Seconds to wait"), [InputRequired(), NumberRange(SHORTEST_TIMEOUT, LONGEST_TIMEOUT)], default=10
    )
    licence = StringField(
        _l("Terms of use"),
        [Length(max=200)],
        description=_l("Kept with each record that is copied, for example CC0 1.0"),
    )
    is_on = BooleanField(_l("Ask this library"))

    def validate_host(self, control: StringField) -> None:
        _match(HOST, control, _("A host is a name like lx2.loc.gov, without http:// and without a path."))

    def validate_database(self, control: StringField) -> None:
        _match(DATABASE, control, _("Letters, digits and . _ ~ / + % - only."))

    def validate_syntax(self, control: StringField) -> None:
        _match(SYNTAX, control, _("Letters, digits and . : / _ - only."))

    def validate_isbn_index(self, control: StringField) -> None:
        self._match_index(control)

    def validate_title_index(self, control: StringField) -> None:
        self._match_index(control)

    def validate_author_index(self, control: StringField) -> None:
        self._match_index(control)

    def fill(self, target: Target) -> None:
        """Put what was filled in into the row."""
        for name, value in self.values().items():
            setattr(target, name, value)

    def _match_index(self, control: StringField) -> None:
        if not control.data:
            return
        if self.kind.data == Kind.SRU:
            _match(INDEX, control, _("An index of SRU is a name like dc.title."))
        else:
            _match(ATTRIBUTES, control, _("An index of Z39.50 is made of attributes like 1=4, blanks between them."))


def say_told(told: Told) -> str:
    """What was the matter with a library; empty when it answered."""
    if told.fault is None:
        return ""
    sentence = str(FAULTS[told.fault])
    return f"{sentence} ({told.detail})" if told.detail else sentence


def into_choices(*, is_known: bool) -> list[tuple[Into, str]]:
    """What may become of a record."""
    if not is_known:
        return [(Into.NEW, _("Add it as a new title"))]
    return [
        (Into.EXISTING, _("Keep the title that is here, and add copies to it")),
        (Into.REPLACE, _("Put this record in the place of the one that is here")),
        (Into.NEW, _("It is another title: add it as a new one")),
    ]


def _match(pattern: re.Pattern[str], control: StringField, sentence: str) -> None:
    if not pattern.fullmatch(control.data):
        raise ValidationError(sentence)
