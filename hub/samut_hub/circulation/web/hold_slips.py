"""The slip that goes into an item set aside: where it is fetched, and for whom, by initials only."""

from collections.abc import Sequence

from flask import Response, g, render_template
from flask_babel import gettext as _

from samut_hub.circulation import slip as slips
from samut_hub.circulation.holds import hold_by_id
from samut_hub.circulation.models import Hold, HoldState, PickupPlace
from samut_hub.circulation.pickups import pickup_places
from samut_hub.circulation.policy import initials_of
from samut_hub.circulation.web.blueprint import pages
from samut_hub.errors import NotFoundError
from samut_hub.members.models import Member
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, now
from samut_hub.web.language import language


@pages.get("/holds/<int:hold_id>/slip")
@needs(Permission.CIRCULATE)
def hold_slip(hold_id: int) -> str:
    return _page(hold_id, on_screen=True)


@pages.get("/holds/<int:hold_id>/slip.pdf")
@needs(Permission.CIRCULATE)
def hold_slip_pdf(hold_id: int) -> Response:
    answer = Response(slips.pdf_of(_page(hold_id, on_screen=False)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="hold-{hold_id}.pdf"'
    return answer


@pages.app_template_global()
def pickup_of(hold: Hold) -> str:
    """Where it is fetched, in words; nothing where the library names no places, but always at its desk."""
    place = hold.pickup or next(iter(pickups_of(hold.library_id)), None)
    return "" if place is None else place.shown(language())


@pages.app_template_global()
def pickups_of(library_id: int) -> Sequence[PickupPlace]:
    """Asked once for each page, however many holds are on it."""
    known: dict[int, Sequence[PickupPlace]] = g.setdefault("pickup_places", {})
    if library_id not in known:
        known[library_id] = pickup_places(db(), library_id)
    return known[library_id]


@pages.app_template_global()
def hold_shelf(hold_id: int) -> str:
    """Where the item of the hold is put, as the desk is told when it comes back."""
    return pickup_of(hold_by_id(db(), hold_id))


@pages.app_template_filter()
def initials(member: Member) -> str:
    """“ม.ม. …002”: the initials, and the end of the number, which tells two of them apart."""
    return f"{initials_of(member.name(language()))} …{member.number[-3:]}"


def _page(hold_id: int, *, on_screen: bool) -> str:
    hold = hold_by_id(db(), hold_id)
    if hold.state != HoldState.READY:
        raise NotFoundError(f"Nothing is set aside for hold {hold_id}.")
    shelf = pickup_of(hold) or _("At the desk")
    return render_template("circulation/hold_slip.html", hold=hold, shelf=shelf, at=now(), on_screen=on_screen)
