"""Pictures of a title: upload, paste or take one, choose the cover; and the files themselves, for everybody."""

from pathlib import Path

from flask import Blueprint, Response, abort, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.catalogue.images import service
from samut_hub.catalogue.images.forms import FAULTS, CaptionForm, ImageForm
from samut_hub.catalogue.images.storage import LARGEST, NAME, ImageError, Size, forget, keep, path_of, put_in_place
from samut_hub.catalogue.service import title_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, now, reading, the_hub

pages = Blueprint("images", __name__, template_folder="templates")

MOST_SENT = 3 * LARGEST
"""Bytes: of a picture that is too large it is said by how much it may be."""
_YEAR = 365 * 24 * 3600


@pages.get("/covers/<name>-<size>.jpg")
def cover(name: str, size: str) -> Response:
    """A picture in one of its sizes; what stands under a name never changes."""
    if not NAME.fullmatch(name) or size not in set(Size):
        abort(404)
    path = path_of(folder(), name, Size(size))
    if not path.is_file():
        abort(404)
    answer = send_file(path, mimetype="image/jpeg", max_age=_YEAR, etag=False, conditional=True)
    answer.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return answer


@pages.get("/catalogue/<int:title_id>/images")
@needs(Permission.EDIT_CATALOGUE)
def index(title_id: int) -> str:
    return render_template(
        "images/index.html",
        title=title_by_id(db(), title_id),
        images=service.images_of(db(), title_id),
        form=ImageForm(),
        most=service.MOST_IMAGES,
    )


@pages.post("/catalogue/<int:title_id>/images")
@needs(Permission.EDIT_CATALOGUE, room=MOST_SENT)
def add(title_id: int) -> Redirect:
    """The picture is drawn before the transaction begins."""
    with reading() as look:
        title_by_id(look, title_id)
    form = ImageForm()
    if not form.validate():
        flash(" ".join(error for errors in form.errors.values() for error in errors), "danger")
        return redirect(url_for(".index", title_id=title_id))
    try:
        name, drawn = keep(folder(), form.picture.data.read(LARGEST + 1))
        service.add_image(db(), title_by_id(db(), title_id), name, drawn, now=now())
        put_in_place(folder(), name, drawn)
        flash(_("The picture is saved."), "success")
    except ImageError as error:
        flash(str(FAULTS[error.fault]), "danger")
    except service.TooManyImagesError:
        flash(_("A title has at most %(most)s pictures. Remove one first.", most=service.MOST_IMAGES), "danger")
    return redirect(url_for(".index", title_id=title_id))


@pages.post("/catalogue/<int:title_id>/images/<int:image_id>/cover")
@needs(Permission.EDIT_CATALOGUE)
def make_cover(title_id: int, image_id: int) -> Redirect:
    service.make_cover(db(), title_by_id(db(), title_id), image_id)
    return redirect(url_for(".index", title_id=title_id))


@pages.post("/catalogue/<int:title_id>/images/<int:image_id>/caption")
@needs(Permission.EDIT_CATALOGUE)
def describe(title_id: int, image_id: int) -> Redirect:
    form = CaptionForm()
    if form.validate():
        service.describe_image(db(), title_by_id(db(), title_id), image_id, form.caption.data)
    return redirect(url_for(".index", title_id=title_id))


@pages.post("/catalogue/<int:title_id>/images/<int:image_id>/remove")
@needs(Permission.EDIT_CATALOGUE)
def remove(title_id: int, image_id: int) -> Redirect:
    """The files go in a transaction of their own: who adds the same picture meanwhile writes them in a later one."""
    name = service.remove_image(db(), title_by_id(db(), title_id), image_id)
    db().commit()
    if service.is_unused(db(), name):
        forget(folder(), name)
    return redirect(url_for(".index", title_id=title_id))


def folder() -> Path:
    """Where this hub keeps pictures."""
    return the_hub().config.home / "images"
