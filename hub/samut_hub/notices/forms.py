"""What staff and members fill in about notices."""

import re
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from samut_hub.notices.models import NoticeSettings
from samut_hub.notices.names import CHANNELS, KINDS, STATES, SUBJECTS, UNDECIDED
from samut_hub.notices.policy import ON_WISH, STOPPABLE, Channel, Fault, Kind, Subject
from samut_hub.notices.sealing import seal
from samut_hub.notices.settings import Security
from samut_hub.notices.texts import LONGEST, Words
from samut_hub.web.forms import Form

SECURITIES = (
    SelectChoice(Security.STARTTLS.value, _l("STARTTLS (usual, port 587)")),
    SelectChoice(Security.TLS.value, _l("TLS from the start (port 465)")),
    SelectChoice(Security.NONE.value, _l("None, only within the school's own network (port 25)")),
)
KEEPS = _l("Leave it empty to keep the one entered before.")
LANGUAGE_CHOICES = (SelectChoice("th", "ไทย"), SelectChoice("en", "English"))
_BASIC_ID = re.compile(r"@[a-z0-9._-]{3,40}", re.IGNORECASE)


class _TicksField(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class EmailForm(Form):
    """An empty password leaves the one that is kept, as long as it goes to the same server in the same way."""

    smtp_host = StringField(_l("Mail server"), [DataRequired(), Length(max=200)])
    smtp_port = IntegerField(_l("Port"), [InputRequired(), NumberRange(min=1, max=65_535)])
    smtp_security = SelectField(_l("Protection of the connection"), choices=SECURITIES)
    smtp_user = StringField(_l("User name"), [Length(max=200)], description=_l("Empty when none is asked for."))
    smtp_password = PasswordField(
        _l("Password"),
        [Length(max=200)],
        description=KEEPS,
    )
    sender = StringField(_l("Messages come from"), [DataRequired(), Length(max=200)])

    def validate_smtp_password(self, field: PasswordField) -> None:
        where = (self.smtp_host, self.smtp_port, self.smtp_security, self.smtp_user)
        is_elsewhere = any(_typed(one.data) != _typed(one.object_data) for one in where)
        if _typed(self.smtp_user.data) and not field.data and field.object_data and is_elsewhere:
            raise ValidationError(_l("Type the password again: the one kept was meant for another server or user."))

    def validate_sender(self, field: StringField) -> None:
        check_address(field.data)

    def keep(self, own: NoticeSettings, secret: bytes) -> None:
        own.smtp_host, own.smtp_port = self.smtp_host.data.strip(), self.smtp_port.data
        own.smtp_security, own.smtp_user = self.smtp_security.data, self.smtp_user.data.strip()
        own.sender, own.email_fault = self.sender.data.strip(), ""
        if self.smtp_password.data:
            own.smtp_password = seal(secret, own.library_id, self.smtp_password.data)


class LineForm(Form):
    """Empty secrets leave those that are kept."""

    line_account = StringField(_l("Basic ID of the official account"), [DataRequired(), Length(max=50)])
    line_token = StringField(
        _l("Channel access token"),
        [Length(max=1_000)],
        description=KEEPS,
    )
    line_secret = StringField(_l("Channel secret"), [Length(max=200)], description=KEEPS)

    def validate_line_account(self, field: StringField) -> None:
        field.data = field.data.strip()
        if not _BASIC_ID.fullmatch(field.data):
            raise ValidationError(_l("Write it as LINE shows it, like @samut or @123abcde."))

    def keep(self, own: NoticeSettings, secret: bytes) -> None:
        own.line_account, own.line_fault = self.line_account.data, ""
        for name in ("line_token", "line_secret"):
            if text := "".join(self[name].data.split()):
                setattr(own, name, seal(secret, own.library_id, text))


class TimesForm(Form):
    """What is told, when, and when never."""

    paused = BooleanField(_l("Pause: nothing is made or sent until this is taken away"))
    kinds = _TicksField(
        _l("Members are told of"),
        choices=[SelectChoice(kind.value, KINDS[kind]) for kind in Kind if kind not in (Kind.SLIP, Kind.NEWS)],
    )
    due_soon_days = IntegerField(_l("Days before the due date"), [InputRequired(), NumberRange(min=0, max=14)])
    overdue_1 = IntegerField(_l("First reminder, days late"), [InputRequired(), NumberRange(min=1, max=120)])
    overdue_2 = IntegerField(_l("Second reminder, days late"), [InputRequired(), NumberRange(min=1, max=120)])
    overdue_3 = IntegerField(_l("Last reminder, days late"), [InputRequired(), NumberRange(min=1, max=120)])
    expiry_days = IntegerField(_l("Days before membership ends"), [InputRequired(), NumberRange(min=1, max=90)])
    letters_from = RadioField(
        _l("Letters"),
        choices=[
            SelectChoice("0", _l("Never print letters")),
            SelectChoice("4", _l("Only for members who have neither LINE nor e-mail")),
            SelectChoice("3", _l("For these, and for everybody with the last reminder")),
            SelectChoice("2", _l("For these, and for everybody from the second reminder on")),
            SelectChoice("1", _l("For these, and for everybody with every reminder")),
        ],
    )
    quiet_from = TimeField(_l("Quiet from"), [InputRequired()])
    quiet_until = TimeField(_l("Quiet until"), [InputRequired()])
    letterhead = TextAreaField(
        _l("Address and phone number of the library"),
        [Length(max=300)],
        description=_l("At the head of letters, one to four lines."),
    )
    signer = StringField(_l("Who signs letters"), [Length(max=100)])

    def validate_overdue_2(self, field: IntegerField) -> None:
        if (self.overdue_1.data or 0) >= (field.data or 0):
            raise ValidationError(_l("Each reminder comes later than the one before."))

    def validate_overdue_3(self, field: IntegerField) -> None:
        if (self.overdue_2.data or 0) >= (field.data or 0):
            raise ValidationError(_l("Each reminder comes later than the one before."))

    def validate_letterhead(self, field: TextAreaField) -> None:
        if len((field.data or "").strip().splitlines()) > 4:
            raise ValidationError(_l("Four lines at most, or they would not fit above the address."))

    def keep(self, own: NoticeSettings) -> None:
        own.paused = self.paused.data
        kept = [kind for kind in own.kinds if kind in (Kind.SLIP, Kind.NEWS)]
        own.kinds = [*self.kinds.data, *kept]
        own.due_soon_days, own.expiry_days = self.due_soon_days.data, self.expiry_days.data
        own.overdue_days = [self.overdue_1.data, self.overdue_2.data, self.overdue_3.data]
        own.letters_from = int(self.letters_from.data)
        own.quiet_from, own.quiet_until = _minutes(self.quiet_from.data), _minutes(self.quiet_until.data)
        own.letterhead, own.signer = self.letterhead.data.strip(), self.signer.data.strip()


class TrialForm(Form):
    to = StringField(_l("Send a test message to"), [DataRequired(), Length(max=200)])


class MailTrialForm(TrialForm):
    """To an address of e-mail."""

    def validate_to(self, field: StringField) -> None:
        check_address(field.data)


class WordsForm(Form):
    """The words of one kind, channel and language. `member` is whose data the preview shows."""

    subject = StringField(_l("Subject line"), [Length(max=200)])
    body = TextAreaField(_l("Text of the message"), [DataRequired(), Length(max=LONGEST)])
    member = StringField(
        _l("Preview with the data of member"),
        [Length(max=30)],
        description=_l("A member number; empty takes an example."),
    )

    def words(self) -> Words:
        body = "\n".join(line.rstrip() for line in self.body.data.splitlines()).strip()
        return Words(" ".join((self.subject.data or "").split()), body)


class ChoiceForm(Form):
    """The ways a member wants to be told; "first" means the first that reaches the member, "none" not at all."""

    language = SelectField(_l("Language of messages"), choices=LANGUAGE_CHOICES)

    @classmethod
    def offering(cls, channels: Sequence[Channel]) -> "type[ChoiceForm]":
        """The form with a row for each subject, of which each way can be chosen."""
        fields = {}
        for subject in Subject:
            ways = [] if subject in ON_WISH else [SelectChoice("first", _l("As the library usually does"))]
            ways += [SelectChoice(channel.value, CHANNELS[channel]) for channel in channels]
            if len(channels) > 1:
                ways.append(SelectChoice("all", _l("Both ways")))
            if subject in STOPPABLE:
                ways.insert(0 if subject in ON_WISH else len(ways), SelectChoice("none", _l("Not at all")))
            fields[subject.value] = SelectField(SUBJECTS[subject], choices=ways)
        return type("OfferedChoices", (cls,), fields)

    def choices(self) -> dict[Subject, list[Channel]]:
        meant: dict[str, list[Channel]] = {"all": [Channel.LINE, Channel.EMAIL], "none": []}
        chosen = {subject: self[subject.value].data for subject in Subject}
        return {
            subject: meant[said] if said in meant else [Channel(said)]
            for subject, said in chosen.items()
            if said != "first"
        }


def shown_choices(choices: Mapping[str, Sequence[str]], language: str) -> dict[str, str]:
    """What was chosen, as the form shows it."""
    found = {"language": language}
    for subject in Subject:
        ways = choices.get(subject, [] if subject in ON_WISH else None)
        said = "first" if ways is None else "none" if not ways else "all" if len(ways) > 1 else ways[0]
        found[subject.value] = said
    return found


class FilterForm(Form):
    """What the log shows; it is part of the address."""

    words = StringField(_l("Member number or name"), [Optional(), Length(max=100)])
    state = SelectField(_l("State"), validate_choice=False)
    channel = SelectField(_l("Way"), validate_choice=False)
    kind = SelectField(_l("Kind"), validate_choice=False)

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        every = SelectChoice("", _("All"))
        states = {**STATES, Fault.UNSURE: UNDECIDED}
        for field, words in ((self.state, states), (self.channel, CHANNELS), (self.kind, KINDS)):
            field.choices = [every, *(SelectChoice(str(value), str(word)) for value, word in words.items())]


def check_address(text: str | None) -> None:
    """Raises ValidationError for what is no address of e-mail."""
    try:
        validate_email((text or "").strip(), check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError(_l("Write an address like library@school.ac.th.")) from None


def shown_times(own: NoticeSettings) -> dict[str, object]:
    """The settings as the form shows them."""
    first, second, third = own.overdue_days
    return {
        "paused": own.paused,
        "kinds": own.kinds,
        "due_soon_days": own.due_soon_days,
        "overdue_1": first,
        "overdue_2": second,
        "overdue_3": third,
        "expiry_days": own.expiry_days,
        "letters_from": str(own.letters_from),
        "quiet_from": _clock(own.quiet_from),
        "quiet_until": _clock(own.quiet_until),
        "letterhead": own.letterhead,
        "signer": own.signer,
    }


def _typed(value: object) -> str:
    return str(value or "").strip()


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
