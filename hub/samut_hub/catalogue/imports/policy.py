"""What an import may be of, how records are told to be the same, and what becomes of each."""

from enum import StrEnum


class Format(StrEnum):
    """What a file holds."""

    MARC = "marc"
    MARCXML = "marcxml"
    CSV = "csv"
    EXCEL = "xlsx"

    @property
    def is_table(self) -> bool:
        return self in (Format.CSV, Format.EXCEL)


class Match(StrEnum):
    """What makes a record one that is there already, besides being the very same.

    SAME is the number with the agency that gave it (001 with 003). ISBN: records without one by title and author.
    """

    SAME = "same"
    NUMBER = "number"
    ISBN = "isbn"
    TITLE = "title"


class Action(StrEnum):
    """What becomes of a record that is there already."""

    SKIP = "skip"
    OVERLAY = "overlay"
    ADD = "add"


class Verdict(StrEnum):
    """What becomes of a record of the file. REPEATED: it is the same as one before it in the file."""

    NEW = "new"
    OVERLAID = "overlaid"
    KNOWN = "known"
    REPEATED = "repeated"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a record or a copy was not brought in, besides `iso2709.Fault`."""

    SEVERAL_MATCHES = "several_matches"
    EMPTY_TITLE = "empty_title"
    EXTRA_CELLS = "extra_cells"
    WRONG_ROW = "wrong_row"
    WRONG_LETTERS = "wrong_letters"
    UNKNOWN_MATERIAL = "unknown_material"
    UNKNOWN_LANGUAGE = "unknown_language"
    UNKNOWN_STATUS = "unknown_status"
    WRONG_YEAR = "wrong_year"
    WRONG_PRICE = "wrong_price"
    WRONG_DATE = "wrong_date"
    WRONG_COPIES = "wrong_copies"
    WRONG_NUMBER = "wrong_number"
    NUMBER_TAKEN = "number_taken"
    BARCODE_TAKEN = "barcode_taken"
    WRONG_ISBN = "wrong_isbn"


NOTES = (Refusal.WRONG_ISBN,)
"""The title came in; what was wrong is kept in its record."""
