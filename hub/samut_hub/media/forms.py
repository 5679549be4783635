"""What staff fill in about a medium."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired
from wtforms import BooleanField, FileField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from samut_hub.catalogue.forms import TextForm
from samut_hub.media.policy import link_fault


class FileForm(TextForm):
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
    name = StringField(_l("Name"), [Length(max=200)], description=_l("Empty: the name of the file"))


class LinkForm(TextForm):
    url = StringField(_l("Web address"), [DataRequired(), Length(max=2000)])
    name = StringField(_l("Name"), [Length(max=200)])

    def validate_url(self, control: StringField) -> None:
        if link_fault(control.data):
            raise ValidationError(_("Give a whole address of the web, beginning with https://"))


class MediumForm(TextForm):
    name = StringField(_l("Name"), [DataRequired(), Length(max=200)])
    is_public = BooleanField(_l("Everybody may open it"))
