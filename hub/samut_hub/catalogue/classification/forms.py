"""How the library builds its call numbers, and the file with its author numbers."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectChoice, SelectField

from samut_hub.catalogue.forms import SCHEMES
from samut_hub.web.forms import Form


class SchemeForm(Form):
    scheme = SelectField(
        _l("Call numbers of the library"), choices=[SelectChoice(one.value, name) for one, name in SCHEMES.items()]
    )


class TableForm(Form):
    file = FileField(_l("Table of author numbers (CSV or Excel)"), [FileRequired()])
