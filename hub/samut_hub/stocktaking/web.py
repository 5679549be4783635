"""Pages of stock-takings: begin one, walk along the shelves with a scanner, see what is left, close."""

from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from samut_hub import tasks
from samut_hub.catalogue.forms import TextForm
from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.models import Item
from samut_hub.catalogue.service import categories, place_names, places
from samut_hub.errors import RefusedError
from samut_hub.staff.policy import Permission
from samut_hub.stocktaking import closing, counting, jobs, service
from samut_hub.stocktaking.forms import BeginForm, CloseForm, FileForm, ScanForm
from samut_hub.stocktaking.models import StockScan, StockTaking
from samut_hub.stocktaking.policy import SETTLED, Verdict
from samut_hub.tables import csv_line
from samut_hub.web.forms import show
from samut_hub.web.hub import db, is_allowed, library, needs, now, staff, the_hub, wants_fragment
from samut_hub.web.language import language
from samut_hub.web.naming import in_each_language
from samut_hub.web.paging import page_asked, pages_of

pages = Blueprint("stocktaking", __name__, template_folder="templates", url_prefix="/stock-taking")

Answer = str | Redirect | tuple[str, int]
LARGEST_FILE = 2 * 1024 * 1024
LAST_PAGE = 2_000
VERDICTS = {
    Verdict.FOUND: _l("Found"),
    Verdict.FOUND_AGAIN: _l("Found again: it was thought missing"),
    Verdict.MISPLACED: _l("In the wrong place"),
    Verdict.ON_LOAN: _l("On loan according to its record: take it back at the desk"),
    Verdict.IN_REPAIR: _l("In repair according to its record"),
    Verdict.SET_ASIDE: _l("Reserved: take it to the desk, it is set aside for a member"),
    Verdict.WRITTEN_OFF: _l("Written off, yet here"),
    Verdict.UNKNOWN: _l("No item has this number"),
}


@pages.route("/", methods=["GET", "POST"])
@needs(Permission.COUNT_STOCK)
def index() -> Answer:
    form = BeginForm()
    form.offer(places(db()), categories(db()))
    if form.is_submitted():
        _needs_editor()
        if form.validate():
            taking = service.begin(db(), form.scope(), staff_id=staff().id, now=now())
            return redirect(url_for(".count", taking_id=taking.id))
    return show("stocktaking/index.html", form, takings=service.stock_takings(db()))


@pages.get("/<int:taking_id>")
@needs(Permission.COUNT_STOCK)
def count(taking_id: int) -> str:
    """The page beside the shelf; its figures ask for themselves every few seconds, as several people may count."""
    taking = service.stock_taking_by_id(db(), taking_id)
    if wants_fragment():
        return render_template("stocktaking/figures.html", taking=taking, tally=counting.tally(db(), taking))
    form, file_form = ScanForm(here=request.args.get("here", "")), FileForm()
    _offer(form, file_form)
    return render_template(
        "stocktaking/count.html",
        taking=taking,
        tally=counting.tally(db(), taking),
        form=form,
        file_form=file_form,
        close_form=CloseForm(),
        fates=closing.fates(db(), taking),
        scans=service.scans(db(), taking, list(Verdict))[:20],
        place_names=place_names(db(), language()),
    )


@pages.post("/<int:taking_id>/scan")
@needs(Permission.COUNT_STOCK)
def scan(taking_id: int) -> Answer:
    """One number: a line for htmx, else the page again, still at the same shelf."""
    taking, form = service.stock_taking_by_id(db(), taking_id), ScanForm()
    _offer(form)
    if not form.validate():
        raise RefusedError(_faults(form))
    scans = _scanned(taking, [form.scan.data], form.here_id())
    if not wants_fragment():
        return redirect(url_for(".count", taking_id=taking_id, here=form.here.data or None))
    return render_template(
        "stocktaking/lines.html", taking=taking, scans=scans, place_names=place_names(db(), language())
    )


@pages.post("/<int:taking_id>/file")
@needs(Permission.COUNT_STOCK, room=LARGEST_FILE)
def read_file(taking_id: int) -> Answer:
    """The numbers of a collecting scanner."""
    taking, form = service.stock_taking_by_id(db(), taking_id), FileForm()
    _offer(form)
    if not form.validate():
        flash(_faults(form), "danger")
        return redirect(url_for(".count", taking_id=taking_id))
    content = form.file.data.read(LARGEST_FILE + 1)
    lines = content.decode("utf-8-sig", errors="replace").splitlines()
    if len(content) > LARGEST_FILE or "\0" in content.decode("latin-1") or len(lines) > service.MOST_CODES:
        flash(_("This is not a list of numbers: a text file of at most 20,000 lines is wanted."), "danger")
    elif len(lines) > service.AT_ONCE and taking.closed_at is None:
        return _submit_scans(taking, lines, form.here_id())
    else:
        scans = _scanned(taking, lines, form.here_id())
        flash(ngettext("%(num)s number was read.", "%(num)s numbers were read.", len(scans)), "success")
    return redirect(url_for(".count", taking_id=taking_id))


@pages.get("/<int:taking_id>/left")
@needs(Permission.COUNT_STOCK)
def left(taking_id: int) -> str:
    """Items that should be there and were not read."""
    taking, page = service.stock_taking_by_id(db(), taking_id), page_asked(LAST_PAGE)
    tally = counting.tally(db(), taking)
    return render_template(
        "stocktaking/left.html",
        taking=taking,
        items=counting.items_left(db(), taking, page),
        tally=tally,
        page=page,
        pages=pages_of(tally.left, counting.PAGE),
        place_names=place_names(db(), language()),
    )


@pages.get("/<int:taking_id>/unsettled")
@needs(Permission.COUNT_STOCK)
def unsettled(taking_id: int) -> str:
    """What was read and needs a decision."""
    taking, page = service.stock_taking_by_id(db(), taking_id), page_asked(LAST_PAGE)
    open_verdicts = [verdict for verdict in Verdict if verdict not in SETTLED]
    tally = counting.tally(db(), taking)
    total = sum(tally.verdicts.get(verdict, 0) for verdict in open_verdicts)
    return render_template(
        "stocktaking/unsettled.html",
        taking=taking,
        scans=service.scans(db(), taking, open_verdicts, page),
        page=page,
        pages=pages_of(total, counting.PAGE),
        place_names=place_names(db(), language()),
    )


@pages.post("/<int:taking_id>/scans/<int:scan_id>/here")
@needs(Permission.EDIT_CATALOGUE)
def put_here(taking_id: int, scan_id: int) -> Answer:
    taking = service.stock_taking_by_id(db(), taking_id)
    scanned = service.put_here(db(), taking, scan_id, _by(taking))
    if wants_fragment():
        names = place_names(db(), language())
        return render_template("stocktaking/lines.html", taking=taking, scans=[scanned], place_names=names)
    return redirect(url_for(".unsettled", taking_id=taking_id))


@pages.post("/<int:taking_id>/close")
@needs(Permission.EDIT_CATALOGUE)
def close(taking_id: int) -> Redirect:
    """End it; with the tick, then or later, a task declares missing what was not read."""
    taking, form = service.stock_taking_by_id(db(), taking_id), CloseForm()
    closing.close(db(), taking, now=now())
    if form.declare.data and closing.fates(db(), taking).open:
        return _submit_missing(taking)
    flash(_("The stock-taking is closed."), "success")
    return redirect(url_for(".count", taking_id=taking_id))


@pages.get("/<int:taking_id>/report.csv")
@needs(Permission.COUNT_STOCK)
def report(taking_id: int) -> Response:
    """Everything of the stock-taking as a table for Excel: what was read, then what was not."""
    service.stock_taking_by_id(db(), taking_id)
    rows = _table(library().id, taking_id, place_names(db(), language()))
    name = {"Content-Disposition": f'attachment; filename="stock-taking-{taking_id}.csv"'}
    return Response(stream_with_context(rows), mimetype="text/csv", headers=name)


@pages.app_template_filter()
def stock_verdict(verdict: str) -> str:
    return str(VERDICTS[Verdict(verdict)])


def _scanned(taking: StockTaking, codes: Iterable[str], here_id: int | None) -> list[StockScan]:
    try:
        return service.scan(db(), taking, codes, here_id=here_id, by=_by(taking))
    except service.ClosedError:
        raise RefusedError(_("This stock-taking is closed. Begin a new one to go on.")) from None


def _faults(form: TextForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def _submit_scans(taking: StockTaking, lines: Iterable[str], here_id: int | None) -> Redirect:
    codes = [line[: service.LONGEST_CODE] for line in lines]
    task = tasks.submit(
        db(),
        jobs.SCAN,
        {"stock_taking": taking.id, "codes": codes, "here": here_id, "staff": staff().id},
        staff_id=staff().id,
        now=now(),
        names=in_each_language(lambda: _("Numbers for “%(name)s”", name=taking.name)),
        back=url_for(".count", taking_id=taking.id),
    )
    return redirect(url_for("tasks.show", task_id=task.id))


def _submit_missing(taking: StockTaking) -> Redirect:
    task = tasks.submit(
        db(),
        jobs.MISSING,
        {"stock_taking": taking.id, "staff": staff().id},
        staff_id=staff().id,
        now=now(),
        names=in_each_language(lambda: _("Missing items of “%(name)s”", name=taking.name)),
        back=url_for(".count", taking_id=taking.id),
    )
    return redirect(url_for("tasks.show", task_id=task.id))


def _table(library_id: int, taking_id: int, names: dict[int, str]) -> Iterator[str]:
    """Line by line, in a session of its own: that of the request is over when the answer begins."""
    yield "\ufeff" + _row(_("Number"), _("Title"), _("Call number"), _("Place"), _("Result"))
    with the_hub().database.session(library_id, writes=False) as session:
        taking = service.stock_taking_by_id(session, taking_id)
        for one in service.all_scans(session, taking):
            title, call, place = ("", "", None) if one.item is None else _said(one.item)
            yield _row(one.code, title, call, names.get(place or 0, ""), stock_verdict(one.verdict))
        for item in counting.all_left(session, taking):
            title, call, place = _said(item)
            yield _row(item.barcode, title, call, names.get(place or 0, ""), _("Not found"))


def _said(item: Item) -> tuple[str, str, int | None]:
    return item.title.title, item.call_number or item.title.call_number, item.place_id


def _row(*cells: str) -> str:
    return csv_line(cells).decode()


def _by(taking: StockTaking) -> By:
    return By(staff_id=staff().id, now=now(), reason=taking.name)


def _offer(*forms: ScanForm | FileForm) -> None:
    tree = places(db())
    for form in forms:
        form.offer(tree)


def _needs_editor() -> None:
    if not is_allowed(Permission.EDIT_CATALOGUE):
        abort(403)
