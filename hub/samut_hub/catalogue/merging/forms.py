"""What staff choose when two titles become one."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from samut_hub.catalogue.merging.policy import Choice
from samut_hub.web.forms import Form

CHOICES = {Choice.KEPT: _l("Left"), Choice.OTHER: _l("Right"), Choice.BOTH: _l("Both")}
FIELDS = {
    "title": _l("Title"),
    "author": _l("Author"),
    "publisher": _l("Publisher"),
    "year": _l("Year of publication"),
    "isbn": _l("ISBN"),
    "issn": _l("ISSN"),
    "language": _l("Language"),
    "call_number": _l("Call number"),
    "subjects": _l("Subjects"),
    "summary": _l("Summary"),
    "material": _l("Material"),
    "edition": _l("Edition"),
    "publication_place": _l("Place of publication"),
    "extent": _l("Extent"),
    "frequency": _l("Frequency"),
    "series": _l("Series"),
    "annotation": _l("Annotation"),
    "promotion": _l("Promotional text"),
}


class MergeForm(Form):
    """Beside a choice for each field that differs."""

    takes_fields = BooleanField(_l("Also take over MARC fields that only the right one has"), default=True)
