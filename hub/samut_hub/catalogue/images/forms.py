"""What staff upload."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired
from wtforms import FileField, StringField
from wtforms.validators import Length

from samut_hub.catalogue.forms import TextForm
from samut_hub.catalogue.images.storage import ImageFault

FAULTS = {
    ImageFault.EMPTY: _l("The file is empty. Choose another."),
    ImageFault.TOO_LARGE: _l("The file has more than 20 MB. Choose a smaller picture."),
    ImageFault.TOO_MANY_PIXELS: _l("The picture has more than 60 million pixels. Choose a smaller one."),
    ImageFault.NOT_A_PICTURE: _l("This is not a picture that can be read. Choose a JPEG, PNG, WebP or GIF file."),
}


class ImageForm(TextForm):
    picture = FileField(_l("Picture"), [FileRequired(_l("Choose a picture."))])


class CaptionForm(TextForm):
    caption = StringField(_l("What it shows"), [Length(max=300)])
