"""What an import of members may be of, how a member is known again, and what becomes of each row or picture."""

from datetime import timedelta
from enum import StrEnum

UNDONE_WITHIN = timedelta(days=90)
"""After this an import stays: what members were before it is not kept any longer."""


class Kind(StrEnum):
    """What a file brings: people or classes in a table, or their photographs."""

    CSV = "csv"
    EXCEL = "xlsx"
    PHOTOS = "zip"

    @property
    def is_table(self) -> bool:
        return self is not Kind.PHOTOS


class Match(StrEnum):
    """What makes a row one of a member who is there already."""

    NUMBER = "number"
    NATIONAL_ID = "national_id"
    CARD = "card"


class Action(StrEnum):
    """What becomes of a member who is there already, or of the photograph that such a one has."""

    UPDATE = "update"
    SKIP = "skip"


class Verdict(StrEnum):
    """What becomes of a row or picture. SAME: the member is so already. CLASS: the row tells of a class alone."""

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"
    KNOWN = "known"
    CLASS = "class"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a row or a picture was not brought in; those of NOTES came in and are told all the same."""

    EXTRA_CELLS = "extra_cells"
    WRONG_ROW = "wrong_row"
    WRONG_LETTERS = "wrong_letters"
    FORMULA = "formula"
    SHORTENED = "shortened"
    NO_NAME = "no_name"
    NO_TYPE = "no_type"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_GROUP = "unknown_group"
    UNKNOWN_LEVEL = "unknown_level"
    NUMBER_TOO_SHORT = "too_short"
    NUMBER_TOO_LONG = "too_long"
    NUMBER_STRANGE = "strange_character"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    WRONG_NATIONAL_ID = "wrong_national_id"
    WRONG_BIRTH = "wrong_birth"
    WRONG_DATE = "wrong_date"
    WRONG_YEAR = "wrong_year"
    WRONG_EMAIL = "wrong_email"
    WRONG_VALUE = "wrong_value"
    TOO_LONG_TEXT = "too_long_text"
    REPEATED = "repeated"
    NUMBER_TAKEN = "number_taken"
    CARD_TAKEN = "card_taken"
    NOT_A_MEMBER = "not_a_member"
    PERHAPS_THE_SAME = "perhaps_the_same"
    SAME_NAME = "same_name"
    OLDER_YEAR = "older_year"
    NOT_A_PICTURE = "not_a_picture"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LARGE = "too_large"
    LOCKED = "locked"
    BROKEN = "broken"


NOTES = (Refusal.SAME_NAME, Refusal.OLDER_YEAR)


class Kept(StrEnum):
    """Why something of an import stays when it is undone."""

    LENT = "lent"
    CHANGED = "changed"
