"""Bookings of equipment as staff see them, and what the pages of members share with them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from babel.dates import format_date
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.service import title_by_id
from samut_hub.circulation.booking import booked, service
from samut_hub.circulation.booking.forms import BookingForm
from samut_hub.circulation.booking.models import Booking
from samut_hub.circulation.booking.months import Month, month_of
from samut_hub.circulation.booking.service import BookingEndedError, BookingRefusedError, TooFarAheadError, Wish
from samut_hub.circulation.desk import member_read
from samut_hub.circulation.loans import open_loans_of_items
from samut_hub.circulation.web.desk import source
from samut_hub.circulation.web.words import say_reason
from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.libraries.service import calendar_of, card_key
from samut_hub.members.models import Member
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import BUDDHIST_ERA, day, moment
from samut_hub.web.forms import show
from samut_hub.web.hub import carry_out, db, is_allowed, library, needs, now, own_address, the_hub
from samut_hub.web.language import language
from samut_rules.overrides import OVERRIDES, Override

SOON = timedelta(days=14)
"""How far the list of what is to be handed out looks ahead, and that of what was not fetched back."""
LIMITS = frozenset(code for code, right in OVERRIDES.items() if right is Override.LIMITS)
Page = Response | tuple[str, int]
pages = Blueprint("booking", __name__, template_folder="templates", url_prefix="/desk/bookings")


@pages.get("/")
@needs(Permission.BOOK_ITEMS)
def index() -> str:
    to_hand_out = service.to_hand_out(db(), now() + SOON)
    return render_template(
        "booking/index.html",
        to_hand_out=to_hand_out,
        away=open_loans_of_items(db(), [one.item for one in to_hand_out]),
        without=service.without_unit(db(), now()),
        out=service.out_now(db()),
        lapsed=service.lapsed_since(db(), now() - SOON),
        now=now(),
    )


@pages.route("/of/<int:title_id>", methods=["GET", "POST"])
@needs(Permission.BOOK_ITEMS)
def of_title(title_id: int) -> Page:
    title = bookable_title(title_id)
    month, form = month_asked(title), BookingForm(member=request.args.get("member", ""))
    form.offer(month)
    if form.accepts(lambda: _book_for(form, title)):
        return redirect(url_for(".of_title", title_id=title_id, month=f"{form.first.data:%Y-%m}"))
    return show("booking/of_title.html", form, title=title, month=month)


@pages.post("/<int:booking_id>/cancel")
@needs(Permission.BOOK_ITEMS)
def cancel(booking_id: int) -> Response:
    cancel_booking(service.booking_by_id(db(), booking_id))
    return redirect(own_address(request.form.get("next", "")) or url_for(".index"))


def bookable_title(title_id: int) -> Title:
    """Raises NotFoundError for what is not booked."""
    title = title_by_id(db(), title_id)
    if not booked.is_bookable(db(), title):
        raise NotFoundError(f"Title {title_id} is not of a kind that is booked.")
    return title


def month_asked(title: Title) -> Month:
    """The month in the address, else this one."""
    calendar = calendar_of(db(), library())
    try:
        first = date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        first = calendar.local_day(now()).replace(day=1)
    return month_of(db(), library(), title, first, now())


def book(wish: Wish, member: Member, title: Title, by: str) -> None:
    """Raises RefusedError, with all reasons in words."""
    try:
        made = service.book(db(), member, title, wish, now=now(), source=by)
    except BookingRefusedError as error:
        raise RefusedError(" ".join(say_reason(reason.code, reason.values) for reason in error.reasons)) from None
    except TooFarAheadError:
        raise RefusedError(_("Choose days within a year from now.")) from None
    flash(_("Booked: %(when)s", when=when(made)), "success")


def cancel_booking(booking: Booking) -> None:
    try:
        carry_out(lambda: service.cancel(db(), booking, now()))
    except BookingEndedError:
        raise RefusedError(_("This booking has ended already.")) from None
    flash(_("The booking is cancelled."), "success")


@pages.app_template_filter("booked_when")
def when(booking: Booking) -> str:
    """“3 Dec 2026”, “3 – 5 Dec 2026”, “3 Dec 2026 09:00–11:00”."""
    if booking.by_hours:
        ends = moment(booking.ends_at).removeprefix(day(booking.ends_at)).strip()
        return f"{moment(booking.starts_at)} – {ends}"
    first, last = day(booking.starts_at), day(booking.ends_at)
    return first if first == last else f"{first} – {last}"


@pages.app_template_filter()
def month_name(first: date) -> str:
    """“November 2026”, “พฤศจิกายน 2569”."""
    year = first.year + (BUDDHIST_ERA if language() == "th" else 0)
    return f"{format_date(first, 'LLLL', language())} {year}"


@pages.app_template_filter()
def weekday_name(on: date) -> str:
    return format_date(on, "cccc", language())


@pages.app_template_filter()
def weekday_short(on: date) -> str:
    return format_date(on, "cccccc", language())


@pages.app_template_global()
def is_bookable(title: Title) -> bool:
    """For the catalogue's page of a title."""
    return booked.is_bookable(db(), title)


@pages.app_template_global()
def bookings_of(member: Member) -> Sequence[Booking]:
    """For the page of one member, and the desk."""
    return service.bookings_of(db(), member)


def _book_for(form: BookingForm, title: Title) -> None:
    """Every week of a series that can be; of the others it is told why not. The first must be."""
    key = card_key(the_hub().card_secret, library().code)
    member = member_read(db(), form.member.data, key)
    if member is None:
        raise RefusedError(_("No member has this number."))
    is_beyond = form.beyond.data and is_allowed(Permission.OVERRIDE_LIMITS)
    calendar, passing = calendar_of(db(), library()), LIMITS if is_beyond else frozenset()
    book(replace(form.wish(calendar), passing=passing), member, title, source())
    for week in range(1, form.weeks.data or 1):
        wish = replace(form.wish(calendar, week=week), passing=passing)
        try:
            book(wish, member, title, source())
        except RefusedError as error:
            on = day(wish.span.starts)
            flash(_("Not booked on %(day)s: %(why)s", day=on, why=str(error)), "danger")
