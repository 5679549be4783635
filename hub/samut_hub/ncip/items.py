"""LookupItem, and the holds of members: RequestItem and CancelRequestItem."""

from xml.etree.ElementTree import Element

from sqlalchemy import func, select

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.service import title_by_id
from samut_hub.circulation.holds import HoldRefusedError, Wish, cancel_hold, open_hold_of, place_hold
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.circulation.setting_aside import HoldEndedError
from samut_hub.errors import NotFoundError
from samut_hub.ncip.asked import Asked
from samut_hub.ncip.lending import Answer, location
from samut_hub.ncip.problems import GENERAL, HOLD, UNKNOWN_ITEM, UNKNOWN_REQUEST, ProblemError
from samut_hub.ncip.writing import Scheme, holder, if_any, leaf, listed, moment
from samut_hub.sip2 import words
from samut_hub.sip2.items import pickup_called
from samut_hub.sip2.words import Say
from samut_rules.loan import ItemStatus

_STATUSES = {
    ItemStatus.AVAILABLE: "Available On Shelf",
    ItemStatus.RESERVED: "Available For Pickup",
    ItemStatus.IN_PROCESS: "In Process",
    ItemStatus.LOST: "Lost",
    ItemStatus.MISSING: "Missing",
}
_LARGEST_ID = 2**31


def look_up_item(asked: Asked) -> Answer:
    """What is wanted (ItemElementType), or all. Who has the item, and who waits, is told to nobody."""
    item = asked.item()
    wanted = asked.request.desired("ItemElementType")
    due = asked.session.scalar(select(Loan.due_at).where(Loan.item_id == item.id, Loan.returned_at.is_(None)))
    waiting = (Hold.title_id == item.title_id, Hold.state == HoldState.WAITING)
    queue = asked.session.scalar(select(func.count()).select_from(Hold).where(*waiting)) or 0
    status = "On Loan" if due is not None else _STATUSES.get(ItemStatus(item.status), "Not Available")
    told = {
        "bibliographic description": _description(asked, item.title),
        "circulation status": listed("CirculationStatus", status, Scheme.CIRCULATION),
        "hold queue length": leaf("HoldQueueLength", queue),
        "item description": holder("ItemDescription", if_any("CallNumber", item.title.call_number)),
        "location": location(asked, item, "Permanent Location"),
        "date due": moment("DateDue", due),
    }
    parts = [part for name, part in told.items() if not wanted or name in wanted]
    return [asked.item_id(item.barcode), holder("ItemOptionalFields", *parts)]


def request_item(asked: Asked) -> Answer:
    """A hold of a title, by one of its copies or by its number; or of that copy alone."""
    member, title = asked.member(), _title(asked)
    is_of_copy = asked.request.text("RequestScopeType").lower() == "item" and asked.request.has("ItemId")
    pickup = pickup_called(asked.session, asked.partner.library.id, asked.request.text("PickupLocation"))
    try:
        wish = Wish(asked.item() if is_of_copy else None, pickup)
        hold = place_hold(asked.session, member, title, wish, now=asked.now)
    except HoldRefusedError as refused:
        raise asked.refused(HOLD, tuple(refused.reasons)) from None
    asked.session.flush()
    scope = listed("RequestScopeType", "Item" if is_of_copy else "Bibliographic Item", Scheme.REQUEST_SCOPE)
    return [asked.request_id(hold.id), asked.user_id(member), listed("RequestType", "Hold", Scheme.REQUEST), scope]


def is_still_held(asked: Asked) -> bool:
    return open_hold_of(asked.session, asked.member(), _title(asked).id) is not None


def cancel_request(asked: Asked) -> Answer:
    """By the number of the request, or by a copy of the title."""
    member, hold = asked.member(), _open_hold(asked)
    if hold is None or hold.member_id != member.id:
        said = words.said(Say.NO_HOLD, asked.language)
        raise ProblemError(UNKNOWN_REQUEST, said, element="RequestId", value=_number(asked))
    try:
        cancel_hold(asked.session, hold, now=asked.now)
    except HoldEndedError:
        raise ProblemError("Request Already Processed", words.said(Say.NO_HOLD, asked.language)) from None
    return [asked.request_id(hold.id), asked.user_id(member)]


def is_still_cancelled(asked: Asked) -> bool:
    return _open_hold(asked) is None


def _title(asked: Asked) -> Title:
    """Raises ProblemError."""
    if asked.request.has("ItemId"):
        return asked.item().title
    path = ("BibliographicId", "BibliographicRecordId", "BibliographicRecordIdentifier")
    number = asked.request.text(*path)
    if not number:
        raise ProblemError("Needed Data Missing", scheme=GENERAL, element="ItemId")
    try:
        return title_by_id(asked.session, _id(number))
    except NotFoundError:
        raise ProblemError(UNKNOWN_ITEM, element=path[-1], value=number) from None


def _open_hold(asked: Asked) -> Hold | None:
    number = _number(asked)
    if number:
        hold = asked.session.get(Hold, _id(number))
        return hold if hold is not None and hold.state in (HoldState.WAITING, HoldState.READY) else None
    waiting = open_hold_of(asked.session, asked.member(), asked.item().title_id)
    return None if waiting is None else waiting.hold


def _number(asked: Asked) -> str:
    return asked.request.text("RequestId", "RequestIdentifierValue")


def _id(text: str) -> int:
    """0, which nothing has, for what is no number of a row."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0
    return number if number < _LARGEST_ID else 0


def _description(asked: Asked, title: Title) -> Element:
    return holder(
        "BibliographicDescription",
        if_any("Author", title.author),
        holder(
            "BibliographicRecordId",
            leaf("BibliographicRecordIdentifier", title.id),
            leaf("AgencyId", asked.partner.agency),
        ),
        if_any("PublicationDate", title.year),
        if_any("Publisher", title.publisher),
        if_any("Title", title.title),
    )
