"""What clients are told about items, and holds that members place or cancel with them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, shown_title
from samut_hub.circulation.holds import HoldRefusedError, Wish, cancel_hold, open_hold_of, place_hold
from samut_hub.circulation.models import Hold, HoldState, Loan, PickupPlace
from samut_hub.circulation.pickups import pickup_places
from samut_hub.circulation.setting_aside import HoldEndedError
from samut_hub.members.models import Member
from samut_hub.sip2.asked import Asked, Fields
from samut_hub.sip2.codec import Answer
from samut_hub.sip2.policy import Circulation, circulation_status, media_type
from samut_hub.sip2.words import Say

THIS_COPY = "3"
"""Hold type (BY): this copy and no other."""


def item_information(asked: Asked) -> Answer:
    """17 → 18."""
    item = asked.item()
    if item is None:
        unknown = (asked.institution, asked.barcode, ("AJ", ""))
        return asked.answer(f"18{Circulation.OTHER}0001{asked.stamp}", unknown, asked.why(asked.unknown_item))
    out = select(Loan.due_at).where(Loan.item_id == item.id, Loan.returned_at.is_(None)).scalar_subquery()
    queue = select(func.count()).select_from(Hold).where(Hold.title_id == item.title_id)
    waiting = queue.where(Hold.state == HoldState.WAITING).scalar_subquery()
    due, queued = asked.session.execute(select(out, waiting)).one()
    status = circulation_status(item.status, is_lent=due is not None)
    place = asked.client.places.get(item.place_id or 0, "")
    return asked.answer(
        f"18{status}0001{asked.stamp}",
        (("CF", str(queued)),),
        (("AH", asked.written(due)),) if due is not None else (),
        (asked.institution, ("AB", item.barcode), ("AJ", shown_title(item))),
        (("BG", asked.client.library.name(asked.language)), ("CK", media_type(item.title.material))),
        (("AQ", place), ("AP", place if due is None else "")),
    )


def item_status_update(asked: Asked) -> Answer:
    """19 → 20: the properties a security gate would keep are nothing the library has a place for."""
    item = asked.item()
    about = (asked.barcode, ("AJ", "" if item is None else shown_title(item)))
    said = asked.why(asked.unknown_item) if item is None else asked.screen(asked.say(Say.NO_PROPERTIES))
    return asked.answer(f"200{asked.stamp}", (asked.institution, *about), said)


def hold(asked: Asked) -> Answer:
    """15 → 16: of a title, by any of its copies. `+` places it, `-` cancels it, `*` would change it."""
    if not asked.is_let_in:
        return _not_held(asked, asked.screen(asked.pin_fault))
    member, item = asked.member(), asked.item()
    if member is None or item is None:
        return _not_held(asked, asked.why(*asked.unknown(member, item)))
    if asked.request.fixed["mode"] == "+":
        return _place(asked, member, item)
    if asked.request.fixed["mode"] == "-":
        return _cancel(asked, member, item)
    return _not_held(asked, asked.screen(asked.say(Say.HOLD_CANNOT_CHANGE)))


def pickup_called(session: Session, library_id: int, name: str) -> PickupPlace | None:
    """The place of this name in either language; else the first, which is meant where none is chosen. None where the
    library has no such places."""
    places = pickup_places(session, library_id)
    named = (
        place for place in places if name and name.casefold() in (place.name.casefold(), place.name_en.casefold())
    )
    return next(named, places[0] if places else None)


def _place(asked: Asked, member: Member, item: Item) -> Answer:
    pickup = pickup_called(asked.session, asked.client.library.id, asked.request.get("BS"))
    wish = Wish(item if asked.request.get("BY") == THIS_COPY else None, pickup)
    try:
        place_hold(asked.session, member, item.title, wish, now=asked.now)
    except HoldRefusedError as refused:
        return _not_held(asked, asked.why(*refused.reasons))
    waiting = open_hold_of(asked.session, member, item.title_id)
    queue = (("BR", str(waiting.place)),) if waiting is not None else ()
    where = (("BS", pickup.shown(asked.language)),) if pickup is not None else ()
    head = f"161{'N' if waiting is not None and waiting.place else 'Y'}{asked.stamp}"
    return asked.answer(head, queue, where, _about(asked, item), asked.screen(asked.say(Say.HOLD_PLACED)))


def _cancel(asked: Asked, member: Member, item: Item) -> Answer:
    waiting = open_hold_of(asked.session, member, item.title_id)
    if waiting is None:
        return _not_held(asked, asked.screen(asked.say(Say.NO_HOLD)))
    try:
        cancel_hold(asked.session, waiting.hold, now=asked.now)
    except HoldEndedError:
        return _not_held(asked, asked.screen(asked.say(Say.NO_HOLD)))
    said = asked.screen(asked.say(Say.HOLD_CANCELLED))
    return asked.answer(f"161N{asked.stamp}", _about(asked, item), said)


def _about(asked: Asked, item: Item) -> Fields:
    return asked.institution, asked.patron, asked.barcode, ("AJ", shown_title(item))


def _not_held(asked: Asked, said: Fields) -> Answer:
    return asked.answer(f"160N{asked.stamp}", (asked.institution, asked.patron, asked.barcode), said)
