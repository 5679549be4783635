"""What members have reserved, as staff see it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.validators import Optional

from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.service import title_by_id
from samut_hub.circulation import hold_lists as lists
from samut_hub.circulation import holds as use_cases
from samut_hub.circulation import recalls
from samut_hub.circulation.desk import member_read
from samut_hub.circulation.holds import HoldRefusedError, Waiting, Wish
from samut_hub.circulation.letting_pass import LONGEST_REASON
from samut_hub.circulation.models import Hold, HoldEnd
from samut_hub.circulation.pickups import pickup_by_id
from samut_hub.circulation.recalls import NothingToRecallError
from samut_hub.circulation.setting_aside import HoldEndedError
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.words import say_reason
from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.libraries.service import card_key
from samut_hub.members.models import Member
from samut_hub.members.policy import hint_of
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import day
from samut_hub.web.forms import DayField, Form
from samut_hub.web.hub import carry_out, db, library, needs, now, own_address, staff, the_hub
from samut_hub.web.language import language
from samut_wire.numbers import member_number


class PauseForm(Form):
    """Nothing filled in ends the pause."""

    until = DayField(_l("Not before"), [Optional()])


@pages.get("/holds")
@needs(Permission.MANAGE_HOLDS)
def holds() -> str:
    """Four lists, each with pages of its own."""
    return render_template(
        "circulation/holds.html",
        ready=lists.ready_holds(db(), _asked("ready")),
        waiting=lists.waiting_holds(db(), _asked("waiting")),
        to_fetch=lists.to_fetch(db(), library(), now(), _asked("fetch")),
        left=lists.left_aside(db(), _asked("left")),
    )


@pages.post("/holds/of/<int:title_id>")
@needs(Permission.MANAGE_HOLDS)
def place_hold(title_id: int) -> Response:
    title, text = title_by_id(db(), title_id), request.form.get("member", "")
    member = member_read(db(), text, card_key(the_hub().card_secret, library().code))
    if member is None:
        hint = hint_of(member_number(text))
        flash(_("No member has the number or card that ends with “%(hint)s”.", hint=hint), "danger")
    else:
        _place(member, title, wish_in_form(db(), title_id))
    return redirect(url_for("catalogue.show", title_id=title_id, _anchor="holds"))


@pages.post("/holds/<int:hold_id>/cancel")
@needs(Permission.MANAGE_HOLDS)
def cancel_hold(hold_id: int) -> Response:
    hold = use_cases.hold_by_id(db(), hold_id)
    with in_words():
        carry_out(lambda: use_cases.cancel_hold(db(), hold, now=now(), why=HoldEnd.STAFF))
    flash(_("The reservation is cancelled."), "success")
    return _back()


@pages.post("/holds/<int:hold_id>/pause")
@needs(Permission.MANAGE_HOLDS)
def pause_hold(hold_id: int) -> Response:
    flash(paused(use_cases.hold_by_id(db(), hold_id)), "success")
    return _back()


@pages.post("/holds/<int:hold_id>/front")
@needs(Permission.OVERRIDE_ITEMS)
def move_hold(hold_id: int) -> Response:
    """To the front of the queue; the reason is kept with the name of who did it."""
    hold, reason = use_cases.hold_by_id(db(), hold_id), " ".join(request.form.get("reason", "").split())
    if not reason:
        raise RefusedError(_("Say why it goes before the others."))
    why = f"{staff().username}: {reason[:LONGEST_REASON]}"
    with in_words():
        carry_out(lambda: use_cases.move_to_front(db(), hold, why))
    flash(_("It is the next in the queue now."), "success")
    return _back()


@pages.post("/holds/<int:hold_id>/recall")
@needs(Permission.MANAGE_HOLDS)
def recall(hold_id: int) -> Response:
    hold = use_cases.hold_by_id(db(), hold_id)
    try:
        loan = carry_out(lambda: recalls.recall(db(), hold, now()))
    except NothingToRecallError:
        raise RefusedError(_("No copy can be called back earlier than it is due.")) from None
    told = _("Called back: %(barcode)s is due on %(day)s now.", barcode=loan.item.barcode, day=day(loan.due_at))
    flash(_("%(told)s Tell %(name)s.", told=told, name=loan.borrower.name(language())), "success")
    return _back()


def paused(hold: Hold) -> str:
    """Pass the hold over until the day in the form, or no longer; the answer says which. Raises RefusedError."""
    form = PauseForm()
    until = form.until.data
    with in_words():
        if not form.validate():
            raise use_cases.WrongDayError(form.until.raw_data)
        carry_out(lambda: use_cases.pause_hold(db(), hold, until, now=now()))
    if until is None:
        return _("The reservation is not paused any more.")
    return _("Paused until %(day)s. It keeps its place in the queue.", day=day(until))


def wish_in_form(session: Session, title_id: int) -> Wish:
    """The copy and the place chosen in the form; any copy, and the first place, where none was."""
    item_id, pickup_id = request.form.get("item", type=int), request.form.get("pickup", type=int)
    item = None if item_id is None else session.scalar(select(Item).where(Item.id == item_id))
    if item_id is not None and (item is None or item.title_id != title_id):
        raise NotFoundError(f"Title {title_id} has no item {item_id} here.")
    return Wish(item, None if pickup_id is None else pickup_by_id(session, pickup_id))


@contextmanager
def in_words() -> Iterator[None]:
    """What stands against changing a hold, said to a person."""
    try:
        yield
    except HoldEndedError:
        raise RefusedError(_("This reservation has ended already.")) from None
    except use_cases.NotWaitingError:
        raise RefusedError(
            _("A copy is set aside already; the reservation can only be collected or cancelled.")
        ) from None
    except use_cases.WrongDayError:
        raise RefusedError(_("Choose a day after today, and within a year.")) from None


def _back() -> Response:
    return redirect(own_address(request.form.get("next", "")) or url_for(".holds"))


@pages.app_template_global()
def copies_to_choose(items: Sequence[Item]) -> list[tuple[int, str]]:
    """Those of a title that can be reserved one by one, where it has several: id, and what tells them apart."""
    lent = [item for item in items if item.status in (*use_cases.LENDABLE, *use_cases.TO_COME)]
    named = [(item.id, " · ".join(filter(None, (item.accession_number, item.call_number)))) for item in lent]
    return named if len(named) > 1 else []


@pages.app_template_global("queue_of")
def _queue_of(title: Title) -> list[Waiting]:
    """For the catalogue's page of a title."""
    return use_cases.queue_of(db(), title.id)


@pages.app_template_global("open_holds_of")
def _open_holds_of(member: Member) -> Sequence[Waiting]:
    """For the page of one member."""
    return use_cases.open_holds_of(db(), member)


def _asked(name: str) -> int:
    """Which page of this list."""
    page: int = request.args.get(name, 1, type=int)
    return page


def _place(member: Member, title: Title, wish: Wish) -> None:
    try:
        carry_out(lambda: use_cases.place_hold(db(), member, title, wish, now=now()))
    except HoldRefusedError as error:
        for reason in error.reasons:
            flash(say_reason(reason.code, reason.values), "danger")
    else:
        flash(_("Reserved for %(number)s.", number=member.number), "success")
