"""Titles as other systems want them: simple Dublin Core (ISO 15836) and MARCXML."""

from pymarc import Record

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import RecordError, read_record
from samut_hub.catalogue.records.marc import split_values
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.records.marcxml import NAMESPACE, write_marcxml
from samut_hub.catalogue.service import description_of
from samut_hub.catalogue.serving.markup import element

DC = "http://purl.org/dc/elements/1.1/"


def dublin_core(title: Title) -> str:
    """The elements of `DC` for a title, one in a line; what holds them is each protocol's own."""
    said = [
        ("title", [title.title]),
        ("creator", split_values(title.author)),
        ("subject", split_values(title.subjects)),
        ("description", [title.summary]),
        ("publisher", [title.publisher]),
        ("date", ["" if title.year is None else f"{title.year:04d}"]),
        ("type", [title.material]),
        ("format", [title.extent]),
        ("identifier", _identifiers(title)),
        ("language", [title.language]),
        ("relation", [title.series]),
        ("rights", [title.licence]),
    ]
    return "\n".join(element(f"dc:{name}", text) for name, texts in said for text in texts if text)


def marcxml(title: Title) -> str:
    """The title's whole record; its `marc` has been loaded."""
    written = write_marcxml(_record(title)).decode()
    return written.replace("<record>", f'<record xmlns="{NAMESPACE}">', 1).rstrip()


def _record(title: Title) -> Record:
    """One that cannot be read any more is served as far as it is described."""
    if title.marc is not None:
        try:
            return read_record(title.marc)
        except RecordError:
            pass
    return new_record(description_of(title))


def _identifiers(title: Title) -> list[str]:
    numbers = [f"URN:ISBN:{title.isbn}" if title.isbn else "", f"URN:ISSN:{title.issn}" if title.issn else ""]
    return [title.call_number, *filter(None, numbers)]
