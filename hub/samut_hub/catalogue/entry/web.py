"""The page of a cataloguing day: scan, Enter, next. An address gives a whole page, or to htmx the part that works."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue import items
from samut_hub.catalogue import service as catalogue
from samut_hub.catalogue.copying import service as copying
from samut_hub.catalogue.copying.models import CopyHit
from samut_hub.catalogue.copying.policy import Wanted
from samut_hub.catalogue.copying.web import keep_answers
from samut_hub.catalogue.entry import service
from samut_hub.catalogue.entry.forms import OBSTACLES, EntryForm
from samut_hub.catalogue.entry.models import Entry
from samut_hub.catalogue.forms import say_refusal
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.errors import RefusedError
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import zone_here
from samut_hub.web.hub import carry_out, db, needs, now, staff, the_hub, wants_fragment
from samut_wire.ids import command_id

Answer = str | Response | tuple[str, int]
LONGEST = 200
pages = Blueprint("entry", __name__, template_folder="templates", url_prefix="/catalogue/entry")


@pages.get("/")
@needs(Permission.EDIT_CATALOGUE)
def index() -> str:
    """`isbn` is what was scanned, `title` or `hit` what was chosen of several, `blank` a book without ISBN."""
    typed = request.args.get("isbn", "").strip()[:LONGEST]
    if "hit" in request.args:
        return _page(_form(), hit=copying.hit_by_id(db(), request.args.get("hit", 0, type=int)))
    if "title" in request.args:
        return _page(_form(), title=catalogue.title_by_id(db(), request.args.get("title", 0, type=int)))
    if not typed and "blank" not in request.args:
        return _page(None)
    isbn = isbn13(typed)
    if typed and not isbn:
        return _page(None, wrong=typed)
    found = copying.central_titles(db(), the_hub().titles, Wanted(isbn=isbn))
    if found:
        return _page(_form(isbn), title=found[0], others=found[1:])
    return _page(_form(isbn), ask=isbn if copying.targets_on(db()) else "")


@pages.post("/ask")
@needs(Permission.EDIT_CATALOGUE)
def ask() -> Answer:
    """Other libraries, asked while the person may already type."""
    isbn = isbn13(request.form.get("isbn", ""))
    search = keep_answers(Wanted(isbn=isbn), list(copying.targets_on(db()))) if isbn else None
    hits = copying.hits_of(db(), search) if search else ()
    if wants_fragment():
        return render_template("entry/found.html", hits=hits, answers=copying.told_by(search) if search else [])
    if not hits:
        flash(_("Nothing was found elsewhere. Describe the book in a few words."), "warning")
        return redirect(url_for(".index", isbn=isbn))
    return redirect(url_for(".index", hit=hits[0].id))


@pages.post("/save")
@needs(Permission.EDIT_CATALOGUE)
def save() -> Answer:
    """Save the book and be ready for the next; sent twice, it is saved once."""
    form = _offered(EntryForm())
    title, hit = _chosen(form)
    entry = _enter(form, title, hit) if form.validate() else None
    if entry is None:
        return _page(form, title=title, hit=hit), 422 if not wants_fragment() else 200
    session["entry"] = {"place_id": form.place_id.data, "category_id": form.category_id.data}
    return _page(None, saved=entry) if wants_fragment() else redirect(url_for(".index"))


@pages.post("/<int:entry_id>/undo")
@needs(Permission.EDIT_CATALOGUE)
def undo(entry_id: int) -> Answer:
    entry = service.entry_by_id(db(), entry_id)
    try:
        service.undo(db(), entry, now=now())
    except service.CannotUndoError as error:
        raise RefusedError(str(OBSTACLES[error.obstacle])) from None
    db().flush()
    return _page(None) if wants_fragment() else redirect(url_for(".index"))


def _enter(form: EntryForm, title: Title | None, hit: CopyHit | None) -> Entry | None:
    """None when a number is refused, which is then said beside it."""

    def wanted() -> Title:
        if title is not None:
            return title
        if hit is not None:
            return copying.copy_record(db(), hit, None, now=now())
        return catalogue.add_title(db(), form.description(), now=now())

    book = service.Book(wanted, title is None, form.fields(), form.copies.data)
    try:
        return carry_out(lambda: service.enter(db(), form.token.data, book, staff_id=staff().id, now=now()))
    except (items.WrongNumberError, items.WrongRangeError, items.NumberTakenError) as error:
        form.accession_number.errors = [*form.accession_number.errors, say_refusal(error)]
        return None


def _chosen(form: EntryForm) -> tuple[Title | None, CopyHit | None]:
    """The title or the record that the form was opened with. A record that has become a title here is that title."""
    if form.title_id.data.isdecimal():
        return catalogue.title_by_id(db(), int(form.title_id.data)), None
    if not form.hit_id.data.isdecimal():
        return None, None
    hit = copying.hit_by_id(db(), int(form.hit_id.data))
    known = copying.known_titles(db(), [hit]).get(hit.id) if hit.isbn else None
    return (known.title, None) if known and known.title.isbn == hit.isbn else (None, hit)


def _form(isbn: str = "") -> EntryForm:
    """A new one, with the next free number, and place and category of the book before."""
    form = _offered(EntryForm(formdata=None, isbn=isbn, token=command_id(int(now().timestamp() * 1000))))
    form.accession_number.data = items.next_number(db())
    for name, value in session.get("entry", {}).items():
        if value in [choice.value for choice in form[name].choices]:
            form[name].data = value
    return form


def _offered(form: EntryForm) -> EntryForm:
    form.offer(catalogue.places(db()), catalogue.categories(db()))
    return form


def _page(form: EntryForm | None, *, title: Title | None = None, hit: CopyHit | None = None, **more: object) -> str:
    if form is not None and title is not None:
        form.title_id.data, form.title.data = str(title.id), title.title
    if form is not None and hit is not None:
        form.hit_id.data, form.title.data = str(hit.id), hit.title
    entries = service.entries_since(db(), staff().id, _midnight())
    return render_template(
        "entry/work.html" if wants_fragment() else "entry/index.html",
        form=form,
        title=title,
        hit=hit,
        copies=catalogue.copies_of(db(), [title.id]).get(title.id) if title else None,
        entries=entries,
        numbers="\n".join(service.numbers_of(db(), entries)),
        **more,
    )


def _midnight() -> datetime:
    """When the day began on the library's clocks."""
    here = now().astimezone(ZoneInfo(zone_here()))
    return here.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
