"""Pages of copy cataloguing: look for a record here and elsewhere, compare, take it over with own copies."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from samut_hub.catalogue import items
from samut_hub.catalogue import service as catalogue
from samut_hub.catalogue.copying import service
from samut_hub.catalogue.copying.asking import Reply, ask_all
from samut_hub.catalogue.copying.forms import into_choices, say_told
from samut_hub.catalogue.copying.models import CopyHit, CopySearch, Target
from samut_hub.catalogue.copying.policy import Wanted
from samut_hub.catalogue.copying.service import Into, Known
from samut_hub.catalogue.forms import ItemForm
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, now, staff, the_hub, wants_fragment

Answer = str | Response | tuple[str, int]
LONGEST = 200
pages = Blueprint("copying", __name__, template_folder="templates", url_prefix="/catalogue/copying")


@pages.get("/")
@needs(Permission.EDIT_CATALOGUE)
def index() -> Answer:
    """The hub's own titles first. A scanned ISBN that one title has leads straight to its copies."""
    wanted, typed = _wanted(), request.args.get("isbn", "").strip()
    found = service.central_titles(db(), the_hub().titles, wanted)
    if "scan" in request.args and wanted.isbn and len(found) == 1:
        return redirect(url_for("catalogue.new_item", title_id=found[0].id))
    return _search_page(wanted, found, wrong_isbn=typed if typed and not wanted.isbn else "")


@pages.post("/ask")
@needs(Permission.EDIT_CATALOGUE)
def ask() -> Answer:
    """Ask the other libraries; nothing of the database is held meanwhile."""
    wanted, asked = _wanted(), list(service.targets_on(db()))
    search = keep_answers(wanted, asked)
    hits = service.hits_of(db(), search)
    one = service.the_one(search, hits) if "scan" in request.values else None
    address = url_for(".record", hit_id=one.id) if one else url_for(".found", search_id=search.id)
    if not wants_fragment():
        return redirect(address)
    return Response(headers={"HX-Redirect": address}) if one else _answers(search)


@pages.get("/found/<int:search_id>")
@needs(Permission.EDIT_CATALOGUE)
def found(search_id: int) -> str:
    search = service.search_by_id(db(), search_id)
    wanted = Wanted(isbn=search.isbn, title=search.title, author=search.author)
    return _search_page(wanted, service.central_titles(db(), the_hub().titles, wanted), search=search)


@pages.route("/records/<int:hit_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def record(hit_id: int) -> Answer:
    """A record beside the title that is here already, and the form for its copies: one step takes all over."""
    hit, form = service.hit_by_id(db(), hit_id), ItemForm()
    form.offer(catalogue.places(db()), catalogue.categories(db()))
    known = service.known_titles(db(), [hit]).get(hit.id)
    if not form.is_submitted():
        form.accession_number.data = items.next_number(db())
    elif form.validate():
        title = _take_over(form, hit, known)
        if title is not None:
            return redirect(url_for("catalogue.show", title_id=title.id))
    return _record_page(form, hit, known)


def keep_answers(wanted: Wanted, asked: list[Target]) -> CopySearch:
    """What the libraries answered, kept for choosing. The transaction ends before they are asked."""
    addresses, me = [service.address_of(target) for target in asked], staff().id
    db().commit()
    replies: list[Reply] = ask_all(addresses, wanted)
    return service.keep_search(db(), wanted, list(zip(asked, replies, strict=True)), staff_id=me, now=now())


def _wanted() -> Wanted:
    """What was typed or scanned; an ISBN that is none is not looked for."""
    said = {name: request.values.get(name, "").replace("\0", "").strip()[:LONGEST] for name in ("title", "author")}
    return Wanted(isbn=isbn13(request.values.get("isbn", "")), **said)


def _search_page(
    wanted: Wanted, found: list[Title], *, search: CopySearch | None = None, wrong_isbn: str = ""
) -> str:
    return render_template(
        "copying/index.html",
        wanted=wanted,
        wrong_isbn=wrong_isbn,
        found=found,
        copies=catalogue.copies_of(db(), [title.id for title in found]),
        targets=service.targets_on(db()),
        scan="scan" in request.args,
        **(_told(search) if search else {"search": None}),
    )


def _answers(search: CopySearch) -> str:
    return render_template("copying/answers.html", **_told(search))


def _told(search: CopySearch) -> dict[str, object]:
    hits = service.hits_of(db(), search)
    by_source: dict[str, list[CopyHit]] = {}
    for hit in hits:
        by_source.setdefault(hit.source, []).append(hit)
    return {
        "search": search,
        "answers": [(told, say_told(told), by_source.get(told.name, [])) for told in service.told_by(search)],
        "known": service.known_titles(db(), hits),
    }


def _record_page(form: ItemForm, hit: CopyHit, known: Known | None, *, status: int = 200) -> tuple[str, int]:
    chosen = request.form.get("into", Into.EXISTING if known else Into.NEW)
    page = render_template(
        "copying/record.html",
        form=form,
        hit=hit,
        known=known,
        said=service.described(hit),
        theirs=catalogue.description_of(known.title) if known else None,
        record=service.record_in_hit(hit),
        choices=into_choices(is_known=known is not None),
        chosen=chosen,
    )
    return page, 422 if form.errors or form.form_errors else status


def _take_over(form: ItemForm, hit: CopyHit, known: Known | None) -> Title | None:
    """The title with its new copies; None when something stands against it, which is then said in the form.

    Title and copies come together or not at all.
    """
    count = form.copies.data or 1
    try:
        with db().begin_nested():
            title = _title(hit, known)
            added = items.add_items(db(), title, form.fields(), copies=count, now=now())
    except (items.WrongNumberError, items.WrongRangeError, items.NumberTakenError) as error:
        form.refuse(error)
        return None
    except catalogue.TitleChangedError:
        form.form_errors.append(_("Someone else changed the title in the meantime. Look at it, and choose again."))
        return None
    flash(
        ngettext("The record and %(num)s copy are saved.", "The record and %(num)s copies are saved.", len(added)),
        "success",
    )
    return title


def _title(hit: CopyHit, known: Known | None) -> Title:
    into = request.form.get("into", "")
    if known is None or into == Into.NEW:
        return service.copy_record(db(), hit, None, now=now())
    if into == Into.REPLACE:
        version = request.form.get("version", 0, type=int)
        return service.copy_record(db(), hit, known.title, version=version, now=now())
    return known.title
