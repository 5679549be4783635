"""What staff fill in to keep a search."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from samut_hub.catalogue.forms import TextForm

LONGEST_NAME = 100


class SaveForm(TextForm):
    """`words` is what stands after ? in the address of the search."""

    name = StringField(_l("Name of the search"), [DataRequired(), Length(max=LONGEST_NAME)])
    words = HiddenField()
