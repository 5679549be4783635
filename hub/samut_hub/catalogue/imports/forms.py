"""What staff choose for an import, and the words in which it is told what became of it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectChoice, SelectField

from samut_hub.catalogue.imports.columns import Column
from samut_hub.catalogue.imports.exporting import Shape, Which
from samut_hub.catalogue.imports.holdings import Holdings
from samut_hub.catalogue.imports.policy import Action, Match, Refusal, Verdict
from samut_hub.catalogue.imports.undoing import Kept
from samut_hub.catalogue.records.iso2709 import Fault
from samut_hub.web.forms import Form

MATCHES = {
    Match.ISBN: _l("Same ISBN; without ISBN, same title and author"),
    Match.TITLE: _l("Same title and first author"),
    Match.NUMBER: _l("Same record number (MARC 001)"),
    Match.SAME: _l("Only the very same record (MARC 001 with 003, or nothing differs)"),
}
ACTIONS = {
    Action.SKIP: _l("Leave it as it is in the catalogue"),
    Action.OVERLAY: _l("Replace it by the one from the file; copies and local fields (9XX) stay"),
    Action.ADD: _l("Add the one from the file as another title"),
}
VERDICTS = {
    Verdict.NEW: _l("New"),
    Verdict.OVERLAID: _l("Replaces one"),
    Verdict.KNOWN: _l("There already"),
    Verdict.REPEATED: _l("Repeated in the file"),
    Verdict.REFUSED: _l("Cannot be read"),
}
REASONS: dict[str, object] = {
    Fault.NO_LEADER: _l("It does not begin like a MARC record."),
    Fault.TRUNCATED: _l("The record is cut off."),
    Fault.NO_END: _l("The record has no end."),
    Fault.WRONG_DIRECTORY: _l("The record is damaged: its directory does not fit its fields."),
    Fault.NOT_UTF8: _l("The record says it is UTF-8, and holds other letters."),
    Fault.NOT_MARC8: _l("The record holds bytes that are no letters (MARC-8)."),
    Fault.NO_TITLE: _l("The record has no title (245)."),
    Fault.WRONG_XML: _l("The record is not right MARCXML."),
    Refusal.SEVERAL_MATCHES: _l("Several titles of the catalogue match it. Merge them, or add it by hand."),
    Refusal.EMPTY_TITLE: _l("The row has no title."),
    Refusal.EXTRA_CELLS: _l("The row has more cells than the header."),
    Refusal.WRONG_ROW: _l("A cell of the row has no end: a quotation mark is missing."),
    Refusal.WRONG_LETTERS: _l("The row holds letters that are not of the coding chosen."),
    Refusal.UNKNOWN_MATERIAL: _l("This kind of material is not known."),
    Refusal.UNKNOWN_LANGUAGE: _l("This language is not known."),
    Refusal.UNKNOWN_STATUS: _l("This status is not known."),
    Refusal.WRONG_YEAR: _l("This is not a year."),
    Refusal.WRONG_PRICE: _l("This is not a price."),
    Refusal.WRONG_DATE: _l("This is not a date."),
    Refusal.WRONG_COPIES: _l("This is not a number of copies (at most 200)."),
    Refusal.WRONG_NUMBER: _l("The title came in, the copy did not: its number needs six letters or digits at least."),
    Refusal.NUMBER_TAKEN: _l("The title came in, the copy did not: another title has this accession number."),
    Refusal.BARCODE_TAKEN: _l("The title came in, the copy did not: another title has this bar code."),
    Refusal.WRONG_ISBN: _l("The ISBN is not valid. It is kept in the record as a note."),
}
ERRORS = (_l("This import was undone, so it does not go on."),)
"""What the page of a task says."""
KEPT = {
    Kept.ITEM: _l("The copy was lent or changed since"),
    Kept.CHANGED: _l("The title was changed since"),
    Kept.CHANGED_AGAIN: _l("The title was changed again since it was replaced"),
    Kept.IN_USE: _l("Copies or other records belong to the title"),
}
COLUMNS = {
    Column.LEFT_OUT: _l("– leave out –"),
    Column.TITLE: _l("Title"),
    Column.AUTHOR: _l("Author"),
    Column.ISBN: _l("ISBN"),
    Column.CALL_NUMBER: _l("Call number"),
    Column.PUBLISHER: _l("Publisher"),
    Column.PUBLICATION_PLACE: _l("Place of publication"),
    Column.YEAR: _l("Year of publication"),
    Column.EDITION: _l("Edition"),
    Column.EXTENT: _l("Pages and size"),
    Column.SERIES: _l("Series"),
    Column.SUBJECTS: _l("Subjects"),
    Column.SUMMARY: _l("Summary"),
    Column.LANGUAGE: _l("Language"),
    Column.MATERIAL: _l("Kind of material"),
    Column.ISSN: _l("ISSN"),
    Column.GENERAL_NOTE: _l("Note on the title"),
    Column.ACCESSION_NUMBER: _l("Copy: accession number"),
    Column.BARCODE: _l("Copy: bar code"),
    Column.COPIES: _l("Copy: how many"),
    Column.PLACE: _l("Copy: where it stands"),
    Column.CATEGORY: _l("Copy: category"),
    Column.PRICE: _l("Copy: price in baht"),
    Column.SOURCE: _l("Copy: where it came from"),
    Column.RECEIVED_ON: _l("Copy: day received"),
    Column.STATUS: _l("Copy: status"),
    Column.NOTE: _l("Copy: note"),
}
SHAPES = {Shape.MARC: _l("MARC 21 (ISO 2709, UTF-8)"), Shape.MARCXML: _l("MARCXML")}
WHICH = {
    Which.OURS: _l("Titles of which this library has copies"),
    Which.ALL: _l("All titles of the shared catalogue"),
    Which.CHOSEN: _l("The titles chosen"),
}
HOLDINGS = {
    Holdings.NONE: _l("Without copies"),
    Holdings.KOHA: _l("With copies in field 952 (Koha and others)"),
    Holdings.MARC21: _l("With copies in field 852 (MARC 21)"),
}


class UploadForm(Form):
    """A file to bring in."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file first."))])


class ChoicesForm(Form):
    """How records are told to be the same, and what becomes of those."""

    match = RadioField(_l("A title is there already when it has the"))
    action = RadioField(_l("What becomes of a title that is there already?"))
    with_copies = BooleanField(_l("Bring in copies too (fields 952 and 852)"))

    def offer(self, *, is_table: bool) -> None:
        """Record numbers are none of a table's columns."""
        rules = [rule for rule in MATCHES if not (is_table and rule is Match.NUMBER)]
        self.match.choices = [SelectChoice(rule.value, MATCHES[rule]) for rule in rules]
        self.action.choices = [SelectChoice(action.value, name) for action, name in ACTIONS.items()]


class ExportForm(Form):
    """Which records go out, and how."""

    which = RadioField(_l("Which titles?"), default=Which.OURS.value)
    shape = RadioField(
        _l("In which format?"),
        choices=[SelectChoice(shape.value, name) for shape, name in SHAPES.items()],
        default=Shape.MARC.value,
    )
    holdings = SelectField(
        _l("Copies"), choices=[SelectChoice(kind.value, name) for kind, name in HOLDINGS.items()], default=""
    )

    def offer(self, *, chosen: bool) -> None:
        ways = [Which.CHOSEN] if chosen else [Which.OURS, Which.ALL]
        self.which.choices = [SelectChoice(way.value, WHICH[way]) for way in ways]
        if chosen and not self.is_submitted():
            self.which.data = Which.CHOSEN.value


def say_reason(reason: str) -> str:
    return str(REASONS[reason])


def say_size(size: int) -> str:
    """`1.2 MB`, `340 kB`."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else _("%(count)s kB", count=max(1, size // 1000))
