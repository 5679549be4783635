"""Choose whose cards, look at the first sheet, make the PDF, and say that the cards came out right."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.cards import designs, filling, jobs, printing
from samut_hub.cards.choosing import MOST_CARDS, Chosen, Which, choose
from samut_hub.cards.forms import PrintForm, say_design
from samut_hub.cards.models import CardRun
from samut_hub.cards.printing import Wish
from samut_hub.cards.sheets import CardSheet, card_sheets, sheet_for, upright
from samut_hub.cards.web.blueprint import pages
from samut_hub.libraries.service import calendar_of
from samut_hub.members import groups
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.tasks import submit
from samut_hub.web.documents import shown_pdf
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now, only_looks, staff, the_hub
from samut_hub.web.naming import in_each_language
from samut_hub.web.paging import page_asked, pages_of

Answer = str | Redirect | tuple[str, int]


@dataclass(frozen=True)
class Preview:
    """The first sheet: `picture` is an address that carries its own content, empty when nobody is chosen."""

    chosen: Chosen
    paper: CardSheet
    start: int
    cards: int
    picture: str

    @property
    def sheets(self) -> int:
        return self.paper.sheet.sheets_for(self.cards, self.start)


@pages.get("/")
@needs(Permission.EDIT_MEMBERS)
def index() -> Answer:
    """`numbers` in the address chooses members from the start."""
    form = _form()
    form.show_wish(printing.last_wish(db()), today())
    if request.args.get("numbers"):
        form.which.data, form.numbers.data = Which.NUMBERS.value, request.args["numbers"]
    return _page(form)


@pages.post("/")
@needs(Permission.EDIT_MEMBERS)
@only_looks
def look() -> Answer:
    """The page with what was chosen, for browsers without scripts."""
    form = _form()
    form.validate()
    return _page(form)


@pages.post("/preview")
@needs(Permission.EDIT_MEMBERS)
@only_looks
def preview() -> str:
    """A fragment: the first sheet as it will be printed."""
    form = _form()
    seen = _preview(form) if form.validate() else None
    return render_template("cards/preview.html", preview=seen, form=form, most=MOST_CARDS)


@pages.post("/print")
@needs(Permission.EDIT_MEMBERS)
def make() -> Answer:
    form = _form()
    if not form.validate():
        return _page(form)
    chosen = choose(db(), form.choice(today()))
    if not chosen.ids:
        form.form_errors.append(_("Nobody is chosen: there is nothing to print."))
        return _page(form)
    return start(chosen.ids, form.wish())


@pages.post("/members/<int:member_id>/print")
@needs(Permission.EDIT_MEMBERS)
def print_one(member_id: int) -> Redirect:
    """A member's card at once, as cards were printed last."""
    return start([member_by_id(db(), member_id).id], printing.last_wish(db()))


@pages.get("/runs/<int:card_run_id>")
@needs(Permission.EDIT_MEMBERS)
def run(card_run_id: int) -> str:
    row, page = printing.run_by_id(db(), card_run_id), page_asked()
    wish = printing.wish_of(row)
    return render_template(
        "cards/run.html",
        run=row,
        cards=printing.cards_of(db(), row, page),
        page=page,
        pages=pages_of(row.cards, printing.PAGE),
        is_direct=row.cards <= printing.DIRECT,
        is_single=sheet_for(db(), wish.sheet).sheet.is_roll,
        has_backs=wish.both_sides and printing.design_of(row).has_back,
    )


@pages.get("/runs/<int:card_run_id>.pdf")
@needs(Permission.EDIT_MEMBERS)
def run_pdf(card_run_id: int) -> Response:
    """A small run, made while one waits; a larger one only by its task."""
    row = printing.run_by_id(db(), card_run_id)
    if row.cards > printing.DIRECT:
        return make_response(redirect(url_for(".run", card_run_id=row.id)))
    made = filling.print_run(the_hub().database, library().id, row.id, lambda done: None)
    return shown_pdf(made, f"cards-{row.id}")


@pages.post("/runs/<int:card_run_id>/again")
@needs(Permission.EDIT_MEMBERS)
def again(card_run_id: int) -> Redirect:
    """The file of a large run once more, after the first one was forgotten."""
    row = printing.run_by_id(db(), card_run_id)
    if row.task_id is None:
        _submit(row)
    return redirect(url_for(".run", card_run_id=row.id))


@pages.post("/runs/<int:card_run_id>/confirm")
@needs(Permission.EDIT_MEMBERS)
def confirm(card_run_id: int) -> Redirect:
    printing.confirm(printing.run_by_id(db(), card_run_id), now=now())
    flash(_("These members have their cards."), "success")
    return redirect(url_for(".index"))


@pages.app_template_filter()
def card_design(name: str) -> str:
    return say_design(name)


def start(member_ids: Sequence[int], wish: Wish) -> Redirect:
    """Make the run and go to its page."""
    made = printing.make_run(db(), member_ids, wish, today=today(), staff_id=staff().id, now=now())
    if made.cards > printing.DIRECT:
        _submit(made)
    return redirect(url_for(".run", card_run_id=made.id))


def today() -> date:
    return calendar_of(db(), library()).local_day(now())


def _submit(row: CardRun) -> None:
    names = in_each_language(lambda: _("%(count)s member cards", count=f"{row.cards:,}"))
    back = url_for(".run", card_run_id=row.id)
    task = submit(db(), jobs.KIND, {"run": row.id}, staff_id=staff().id, now=now(), names=names, back=back)
    row.task_id = task.id


def _form() -> PrintForm:
    form = PrintForm()
    form.offer(designs.design_choices(db()), card_sheets(db()))
    form.offer_members(groups.groups(db()), groups.member_types(db()))
    return form


def _page(form: PrintForm) -> tuple[str, int]:
    return show(
        "cards/index.html",
        form,
        preview=None if form.errors else _preview(form),
        most=MOST_CARDS,
        runs=printing.latest_runs(db()),
    )


def _preview(form: PrintForm) -> Preview:
    chosen, wish = choose(db(), form.choice(today())), form.wish()
    sheet, design = sheet_for(db(), wish.sheet), designs.design_for(db(), wish.design).design
    paper = upright(sheet) if design.is_upright else sheet
    picture = b64encode(filling.picture_of_sheet(db(), chosen.ids, wish, today=today())).decode()
    return Preview(
        chosen=chosen,
        paper=paper,
        start=min(wish.start, paper.sheet.labels),
        cards=len(chosen.ids),
        picture=f"data:image/png;base64,{picture}",
    )
