"""What staff choose for an import of members, and the words in which it is told what became of it."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectChoice, SelectField
from wtforms.validators import NumberRange, Optional

from samut_hub.members.forms import NUMBER_FAULTS
from samut_hub.members.importing.columns import Column
from samut_hub.members.importing.models import MemberImport
from samut_hub.members.importing.policy import Action, Kept, Match, Refusal, Verdict
from samut_hub.members.models import MemberType
from samut_hub.members.policy import NumberFault
from samut_hub.members.web.rollover_forms import YearField
from samut_hub.web.forms import Form
from samut_hub.web.language import language

MATCHES = {
    Match.NUMBER: _l("Member number"),
    Match.NATIONAL_ID: _l("National ID"),
    Match.CARD: _l("Chip card"),
}
ACTIONS = {
    Action.UPDATE: _l("Take over what the file says; empty cells change nothing"),
    Action.SKIP: _l("Leave it as it is"),
}
VERDICTS = {
    Verdict.NEW: _l("New"),
    Verdict.UPDATED: _l("Changes"),
    Verdict.SAME: _l("Is so already"),
    Verdict.KNOWN: _l("There already"),
    Verdict.CLASS: _l("Class"),
    Verdict.REFUSED: _l("Not taken"),
}
REASONS: dict[str, object] = {
    Refusal.EXTRA_CELLS: _l("The row has more cells than the header."),
    Refusal.WRONG_ROW: _l("A cell of the row has no end: a quotation mark is missing."),
    Refusal.WRONG_LETTERS: _l("The row holds letters that are not of the coding chosen."),
    Refusal.FORMULA: _l("A formula or an error of Excel stands here. Copy the cell and insert it as a value."),
    Refusal.SHORTENED: _l("Excel has shortened this number. Format the column as text and type it again."),
    Refusal.NO_NAME: _l("The row names nobody."),
    Refusal.NO_TYPE: _l("The row says no type of member, and none was chosen for such rows."),
    Refusal.UNKNOWN_TYPE: _l("There is no such type of member."),
    Refusal.UNKNOWN_GROUP: _l("There is no such class or department."),
    Refusal.UNKNOWN_LEVEL: _l("There is no such level of education."),
    Refusal.NUMBER_TOO_SHORT: NUMBER_FAULTS[NumberFault.TOO_SHORT],
    Refusal.NUMBER_TOO_LONG: NUMBER_FAULTS[NumberFault.TOO_LONG],
    Refusal.NUMBER_STRANGE: NUMBER_FAULTS[NumberFault.STRANGE_CHARACTER],
    Refusal.WRONG_CHECK_DIGIT: NUMBER_FAULTS[NumberFault.WRONG_CHECK_DIGIT],
    Refusal.WRONG_NATIONAL_ID: _l("This is no national ID: digits are missing, or one is mistyped."),
    Refusal.WRONG_BIRTH: _l("This is no day of birth. Write it like 17/5/2558, 5/2558 or 2558."),
    Refusal.WRONG_DATE: _l("This is no day. Write it like 31/3/2575."),
    Refusal.WRONG_YEAR: _l("This is no school year. Write it like 2569."),
    Refusal.WRONG_EMAIL: _l("This is no e-mail address."),
    Refusal.WRONG_VALUE: _l("This does not fit the field: a number, a day or one of its choices is asked for."),
    Refusal.TOO_LONG_TEXT: _l("This text is too long for its field."),
    Refusal.REPEATED: _l("This member came earlier in what was sent."),
    Refusal.NUMBER_TAKEN: _l("Another member has this number."),
    Refusal.CARD_TAKEN: _l("Another member has this card or national ID."),
    Refusal.NOT_A_MEMBER: _l("There is no such member."),
    Refusal.PERHAPS_THE_SAME: _l("A member is called so already. Write down the number, or add this one by hand."),
    Refusal.SAME_NAME: _l("New, but a member with the same name is there already. Look whether it is one person."),
    Refusal.OLDER_YEAR: _l("The class stays: a later school year is known of this member."),
    Refusal.NOT_A_PICTURE: _l("This file cannot be read as a picture. Take JPEG, PNG or WebP."),
    Refusal.TOO_MANY_PIXELS: _l("The picture has more than 60 million pixels."),
    Refusal.TOO_LARGE: _l("The file is larger than 30 MB when unpacked."),
    Refusal.LOCKED: _l("The file is locked by a password."),
    Refusal.BROKEN: _l("The file is damaged."),
}
ERRORS = (
    _l("This import was undone, so it does not go on."),
    _l("The archive of photos cannot be read."),
)
"""What the page of a task says."""
KEPT = {
    Kept.LENT: _l("Loans, reservations, money or visits have come since"),
    Kept.CHANGED: _l("Changed since"),
}
COLUMNS = {
    Column.LEFT_OUT: _l("– leave out –"),
    Column.NUMBER: _l("Member number"),
    Column.NATIONAL_ID: _l("National ID"),
    Column.CARD: _l("Chip card"),
    Column.PREFIX: _l("Prefix of the name (as ด.ช., นางสาว)"),
    Column.NAME_TH: _l("Name in Thai, or first name"),
    Column.SURNAME_TH: _l("Surname in Thai"),
    Column.NAME_EN: _l("Name in English, or first name"),
    Column.SURNAME_EN: _l("Surname in English"),
    Column.TYPE: _l("Type of member"),
    Column.GROUP: _l("Class or department"),
    Column.ROOM: _l("Room of the class"),
    Column.LEVEL: _l("Level of education"),
    Column.COURSE: _l("Course"),
    Column.SCHOOL_YEAR: _l("School year"),
    Column.BORN: _l("Born on"),
    Column.JOINED_ON: _l("Member since"),
    Column.EXPIRES_ON: _l("Member until"),
    Column.PHONE: _l("Phone"),
    Column.EMAIL: _l("E-mail"),
    Column.LINE_ID: _l("LINE ID"),
    Column.FACEBOOK: _l("Facebook"),
    Column.ADDRESS: _l("Address"),
    Column.GUARDIAN_NAME: _l("Guardian"),
    Column.GUARDIAN_RELATION: _l("Relation"),
    Column.GUARDIAN_PHONE: _l("Guardian's phone"),
    Column.NOTE: _l("Note for staff"),
}
NEW = {"types": _l("New types of member"), "groups": _l("New classes"), "levels": _l("New levels of education")}


class UploadForm(Form):
    """A file to bring in: a table, or an archive of photos."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file first."))])


class ChoicesForm(Form):
    """How members are known again, and what becomes of those."""

    match = RadioField(_l("A member is there already who has the same"))
    action = RadioField(_l("What becomes of a member who is there already?"))
    adds = BooleanField(_l("Add those who are not members yet"))
    makes = BooleanField(_l("Make types, classes and levels that are not there yet"))
    type_id = SelectField(_l("Type of those of whom the file says none"), coerce=int)
    school_year = YearField(_l("School year of the classes"), [Optional(), NumberRange(1950, 2199)])

    def offer(self, types: Iterable[MemberType]) -> None:
        self.match.choices = [SelectChoice(rule.value, name) for rule, name in MATCHES.items()]
        self.action.choices = [SelectChoice(action.value, name) for action, name in ACTIONS.items()]
        self.type_id.choices = [SelectChoice(0, "–"), *(SelectChoice(one.id, one.name(language())) for one in types)]

    def keep_in(self, run: MemberImport) -> None:
        """What was chosen."""
        run.match, run.action = Match(self.match.data).value, Action(self.action.data).value
        run.adds, run.makes = self.adds.data, self.makes.data
        run.type_id, run.school_year = self.type_id.data or None, self.school_year.data


class PhotoChoicesForm(Form):
    """What becomes of a photo that a member has already."""

    action = RadioField(
        _l("What becomes of a photo that is there already?"),
        choices=[
            SelectChoice(Action.UPDATE.value, _l("Put the new one in its place")),
            SelectChoice(Action.SKIP.value, _l("Leave it as it is")),
        ],
    )

    def keep_in(self, run: MemberImport) -> None:
        """What was chosen."""
        run.action = Action(self.action.data).value


def say_reason(reason: str) -> str:
    return str(REASONS[reason])
