"""Media of a title: staff add files and links; readers open them where they are, on any device."""

from collections.abc import Sequence
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as Redirect

from samut_hub.catalogue.service import title_by_id
from samut_hub.media import service
from samut_hub.media.forms import FileForm, LinkForm, MediumForm
from samut_hub.media.models import Medium
from samut_hub.media.policy import MediumKind
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now, reading, the_hub

pages = Blueprint("media", __name__, template_folder="templates")

Answer = str | Redirect | tuple[str, int]
LARGEST = 4 * 1024**3
"""Bytes: a film of two hours in Full HD."""
KINDS = {
    MediumKind.LINK: _l("Link"),
    MediumKind.DOCUMENT: _l("Document"),
    MediumKind.EBOOK: _l("E-book"),
    MediumKind.VIDEO: _l("Video"),
    MediumKind.AUDIO: _l("Sound"),
    MediumKind.PICTURE: _l("Picture"),
    MediumKind.OTHER: _l("File to download"),
}


@pages.get("/media/<int:medium_id>/file")
def file(medium_id: int) -> Response:
    """The file itself; browsers may ask for any part of it."""
    medium = service.medium_by_id(db(), medium_id, with_hidden=_is_staff())
    path = service.path_of(folder(), medium.file)
    if not medium.file or not path.is_file():
        abort(404)
    name = f"{medium.name[:80]}.{medium.file.rpartition('.')[2]}"
    is_shown = medium.kind != MediumKind.OTHER
    answer = send_file(
        path,
        mimetype=medium.media_type,
        as_attachment=not is_shown,
        download_name=name,
        conditional=True,
        etag=medium.file,
        max_age=3600,
    )
    if not medium.is_public:
        answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'"
    return answer


@pages.get("/catalogue/<int:title_id>/media")
@needs(Permission.EDIT_CATALOGUE)
def index(title_id: int) -> str:
    return _page(title_id, FileForm(), LinkForm())


@pages.post("/catalogue/<int:title_id>/media/files")
@needs(Permission.EDIT_CATALOGUE, room=LARGEST)
def add_file(title_id: int) -> Answer:
    """The file has arrived before the transaction begins."""
    with reading() as look:
        title_by_id(look, title_id)
    form = FileForm()
    if not form.validate():
        return _page(title_id, form, LinkForm()), 422
    upload = form.file.data
    name = form.name.data or (upload.filename or "").rpartition(".")[0][:200]
    try:
        with service.arriving(folder(), upload.stream, upload.filename or "") as kept:
            title = title_by_id(db(), title_id)
            service.add_file(db(), title, library().id, kept, name or kept.file, now=now())
            service.put_in_place(folder(), kept)
    except service.WrongMediumError:
        form.file.errors = [_("This kind of file cannot be kept. Use PDF, EPUB, MP4, WebM, MP3, pictures or ZIP.")]
        return _page(title_id, form, LinkForm()), 422
    except service.TooManyMediaError:
        form.file.errors = [_full()]
        return _page(title_id, form, LinkForm()), 422
    flash(_("The medium is saved."), "success")
    return redirect(url_for(".index", title_id=title_id))


@pages.post("/catalogue/<int:title_id>/media/links")
@needs(Permission.EDIT_CATALOGUE)
def add_link(title_id: int) -> Answer:
    title, form = title_by_id(db(), title_id), LinkForm()
    if not form.validate():
        return _page(title_id, FileForm(), form), 422
    try:
        service.add_link(db(), title, library().id, form.url.data, form.name.data, now=now())
    except service.TooManyMediaError:
        form.url.errors = [_full()]
        return _page(title_id, FileForm(), form), 422
    flash(_("The link is saved."), "success")
    return redirect(url_for(".index", title_id=title_id))


@pages.post("/catalogue/<int:title_id>/media/<int:medium_id>")
@needs(Permission.EDIT_CATALOGUE)
def change(title_id: int, medium_id: int) -> Redirect:
    medium, form = service.own_medium(db(), library().id, title_id, medium_id), MediumForm()
    if form.validate():
        service.change(db(), medium, name=form.name.data, is_public=form.is_public.data)
        flash(_("The medium is saved."), "success")
    else:
        flash(" ".join(str(error) for error in form.name.errors), "danger")
    return redirect(url_for(".index", title_id=title_id))


@pages.post("/catalogue/<int:title_id>/media/<int:medium_id>/remove")
@needs(Permission.EDIT_CATALOGUE)
def remove(title_id: int, medium_id: int) -> Redirect:
    medium = service.own_medium(db(), library().id, title_id, medium_id)
    service.remove(db(), medium)
    if medium.file:
        db().commit()
        service.remove_unused(db(), folder(), medium.file)
    flash(_("The medium is removed."), "success")
    return redirect(url_for(".index", title_id=title_id))


@pages.app_template_global()
def media_of(title_id: int, *, latest_first: bool = False) -> Sequence[Medium]:
    """What of the title can be opened by the one who asks."""
    return service.media_of(db(), title_id, with_hidden=_is_staff(), latest_first=latest_first)


@pages.app_template_filter()
def medium_kind(kind: str) -> str:
    return str(KINDS[MediumKind(kind)])


@pages.app_template_filter()
def medium_size(size: int) -> str:
    """In megabytes, as people know them from their telephones."""
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1000))} kB"


def folder() -> Path:
    """Where this hub keeps media."""
    return the_hub().config.home / "media"


def _full() -> str:
    return _("A title has at most %(most)s media. Remove one before you add another.", most=service.MOST_MEDIA)


def _is_staff() -> bool:
    return g.get("staff") is not None


def _page(title_id: int, file_form: FileForm, link_form: LinkForm) -> str:
    return render_template(
        "media/index.html",
        title=title_by_id(db(), title_id),
        media=service.media_of(db(), title_id, with_hidden=True),
        own=library().id,
        file_form=file_form,
        link_form=link_form,
    )
