"""The library's logo and the pictures that designs may show."""

from pathlib import PurePosixPath

from flask import Response, flash, make_response, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Redirect

from samut_hub.cards import designs
from samut_hub.cards.forms import PictureForm
from samut_hub.cards.models import CardPicture
from samut_hub.cards.pictures import LARGEST, PictureError, PictureFault, drawn_picture
from samut_hub.cards.web.blueprint import pages
from samut_hub.members.photos import read_photo
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now

MOST_SENT = 3 * LARGEST
"""Bytes: of a picture that is too large it is said by how much it may be."""
FAULTS = {
    PictureFault.EMPTY: _l("The file is empty. Choose another."),
    PictureFault.TOO_LARGE: _l("The file has more than 10 MB. Choose a smaller picture."),
    PictureFault.TOO_MANY_PIXELS: _l("The picture has more than 60 million pixels. Choose a smaller one."),
    PictureFault.NOT_A_PICTURE: _l("This is not a picture that can be read. Choose a JPEG, PNG, WebP or GIF file."),
}


@pages.route("/pictures", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBERS, room=MOST_SENT)
def picture_list() -> Redirect | tuple[str, int]:
    """The picture is drawn before the transaction begins."""
    form = PictureForm()
    if not form.validate_on_submit() or not _keep(form):
        return show("cards/pictures.html", form, pictures=designs.pictures(db()), most=designs.MOST_PICTURES)
    flash(_("The picture is saved."), "success")
    return redirect(url_for(".picture_list"))


@pages.get("/pictures/<int:picture_id>/file")
@needs(Permission.EDIT_MEMBERS)
def picture(picture_id: int) -> Response:
    row = designs.picture_by_id(db(), picture_id)
    kind = read_photo(row.content)
    answer = make_response(row.content)
    answer.mimetype = "image/jpeg" if kind is None else kind.media_type
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@pages.post("/pictures/<int:picture_id>/logo")
@needs(Permission.EDIT_MEMBERS)
def choose_logo(picture_id: int) -> Redirect:
    """The logo, or no longer when it is it already."""
    row = designs.picture_by_id(db(), picture_id)
    designs.make_logo(db(), row, is_logo=not row.is_logo)
    return redirect(url_for(".picture_list"))


@pages.post("/pictures/<int:picture_id>/remove")
@needs(Permission.EDIT_MEMBERS)
def remove_picture(picture_id: int) -> Redirect:
    designs.remove_picture(db(), picture_id)
    flash(_("The picture is removed."), "success")
    return redirect(url_for(".picture_list"))


def _keep(form: PictureForm) -> CardPicture | None:
    file = form.picture.data
    try:
        content = drawn_picture(file.read(LARGEST + 1) if file else b"")
        name = form.title.data or PurePosixPath(file.filename or "").stem[:80] or _("Picture")
        added = designs.add_picture(db(), name, content, now=now())
    except PictureError as error:
        form.picture.errors = [*form.picture.errors, FAULTS[error.fault]]
        return None
    except designs.TooManyPicturesError:
        sentence = _("There are %(most)s pictures already. Remove one first.", most=designs.MOST_PICTURES)
        form.form_errors.append(sentence)
        return None
    if form.is_logo.data:
        designs.make_logo(db(), added, is_logo=True)
    return added
