"""A member books a projector or a tablet for some days or hours, and cancels."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from samut_hub.circulation.booking import service
from samut_hub.circulation.booking.forms import BookingForm
from samut_hub.circulation.booking.web import book, bookable_title, cancel_booking, month_asked
from samut_hub.circulation.terms import title_terms
from samut_hub.errors import NotFoundError
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_hub.opac.web.member import for_member
from samut_hub.opac.web.my import WEB, Page, form_at
from samut_hub.web.forms import show
from samut_hub.web.hub import db, now


@form_at("/title/<int:title_id>/book")
@for_member
def book_title(member: Member, title_id: int) -> Page:
    """By the hour where the loan rules lend it by the hour, else by the day."""
    title = bookable_title(title_id)
    month, form = month_asked(title), BookingForm()
    terms = title_terms(db(), member, title, now())
    by_hours = terms is not None and terms.loan_hours is not None
    form.of_member()
    form.offer(month)
    calendar = calendar_of(db(), library_of(db(), member.library_id))
    if form.accepts(lambda: book(form.wish(calendar), member, title, WEB)):
        return redirect(url_for(".my"))
    return show("opac/book.html", form, title=title, month=month, by_hours=by_hours)


@form_at("/my/bookings/<int:booking_id>/cancel", posted_only=True)
@for_member
def my_cancel_booking(member: Member, booking_id: int) -> Response:
    booking = service.booking_by_id(db(), booking_id)
    if booking.member_id != member.id:
        raise NotFoundError(f"Member {member.id} has no booking {booking_id}.")
    cancel_booking(booking)
    return redirect(url_for(".my"))
