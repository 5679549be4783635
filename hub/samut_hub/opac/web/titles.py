"""A title's own page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import g, redirect, render_template, url_for
from pymarc import Record
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, undefer
from werkzeug.wrappers import Response

from samut_hub.catalogue import service
from samut_hub.catalogue.images.service import images_of
from samut_hub.catalogue.models import Item, RemovedTitle, Title
from samut_hub.catalogue.opening import open_among
from samut_hub.catalogue.records.iso2709 import kept_record
from samut_hub.catalogue.records.marc import split_values
from samut_hub.catalogue.searching.web.blueprint import cover_of
from samut_hub.catalogue.searching.web.naming import places_in
from samut_hub.circulation.holds import open_hold_of, waiting_by_library
from samut_hub.circulation.models import Loan
from samut_hub.db import prepared
from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library
from samut_hub.opac import browsing, copies
from samut_hub.opac.beside import beside
from samut_hub.opac.describing import more_of, schema_of
from samut_hub.opac.web.blueprint import page_at, site
from samut_hub.opac.web.member import member_here, seeing
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, is_allowed, the_hub, whole_address
from samut_hub.web.language import language

LOANS_SHOWN = 20
FEW = 5
"""Libraries of whose places the kept names are looked up one by one; of more all are asked for at once."""
_WITH_RECORD = prepared(select(Title).where(Title.id == bindparam("title")).options(undefer(Title.marc)))

Holdings = Mapping[int, copies.Holding]
"""By library."""


@page_at("/title/<int:title_id>")
def title(title_id: int) -> str | Response:
    found = db().scalar(_WITH_RECORD, {"title": title_id})
    if found is None or found.merged_into_id is not None:
        return redirect(url_for(".title", title_id=_where_it_went(title_id, found)), 301)
    items, record = copies.copies_of(db(), title_id), kept_record(found.marc)
    holdings = copies.holdings_of(db(), title_id, items)
    headings = browsing.headings_of_title(db(), title_id)
    canonical = whole_address(".title", title_id=title_id, code=None)
    return render_template(
        "opac/title.html",
        title=found,
        pictures=[one for one in images_of(db(), title_id) if one.name != found.cover],
        material=service.material_type(db(), found.material),
        items=items,
        more_items=sum(one.total for one in holdings.values()) - len(items),
        is_online=not items and bool(open_among(db(), [title_id])),
        places=_places(holdings),
        libraries={one.id: one.name(language()) for one in site().libraries},
        record=record,
        more=more_of(record or Record()),
        authors=[(name, browsing.heading_for(headings, name)) for name in split_values(found.author)],
        subjects=[(name, browsing.heading_for(headings, name)) for name in split_values(found.subjects)],
        beside=beside(db(), found, _author_heading(found, headings)),
        loans=_loans(title_id),
        **_reserving(title_id, holdings, items),
        canonical=canonical,
        schema=schema_of(found, canonical, _picture(found), _on_shelf(holdings)),
        shares=_shares(canonical, found.title),
    )


def _where_it_went(title_id: int, found: Title | None) -> int:
    """The title that has taken the place of this one; raises NotFoundError where none has."""
    if found is not None and found.merged_into_id is not None:
        return found.merged_into_id
    removed = db().get(RemovedTitle, title_id)
    if removed is None or removed.merged_into_id is None:
        raise NotFoundError(f"There is no title {title_id}.")
    return removed.merged_into_id


def _places(holdings: Holdings) -> dict[int, str]:
    if len(holdings) > FEW:
        return service.place_names(db(), language(), list(holdings))
    having = (one for one in site().libraries if one.id in holdings)
    return {place_id: name for library in having for place_id, name in places_in(library).items()}


def _author_heading(found: Title, headings: dict[str, int]) -> int | None:
    first = next(iter(split_values(found.author)), "")
    return browsing.heading_for(headings, first) if first else None


def _loans(title_id: int) -> Sequence[Loan]:
    """The last loans, for staff who may see members, of their own library's items only."""
    if not is_allowed(Permission.SEE_HISTORY):
        return ()
    own = select(Loan).join(Loan.item).where(Item.title_id == title_id, Loan.library_id == g.staff.library_id)
    wanted = own.options(joinedload(Loan.member)).order_by(Loan.lent_at.desc()).limit(LOANS_SHOWN)
    return db().scalars(wanted).all()


@dataclass(frozen=True, slots=True)
class ReserveAt:
    """A library where a member may reserve: any copy where none is on the shelf, else one that is out. `waiting`: how
    many members do already."""

    library: Library
    any_copy: bool
    copies: Sequence[tuple[int, str]]
    waiting: int


def _reserving(title_id: int, holdings: Holdings, items: Sequence[copies.Copy]) -> dict[str, object]:
    """The member's own hold of this title; without one, where a member may reserve: copies are out there."""
    member, out_at = member_here(), {library_id for library_id, one in holdings.items() if one.is_out}
    if member is not None:
        with seeing(member.library_id):
            own_hold = open_hold_of(db(), member, title_id)
        if own_hold is not None:
            return {"own_hold": own_hold, "reserve_at": []}
        out_at &= {member.library_id}
    waiting = waiting_by_library(db(), title_id) if out_at else {}
    at = [_reserve_at(one, holdings[one.id], items, waiting) for one in site().shown if one.id in out_at]
    return {"own_hold": None, "reserve_at": at}


def _reserve_at(
    library: Library, held: copies.Holding, items: Sequence[copies.Copy], waiting: Mapping[int, int]
) -> ReserveAt:
    """Single copies are offered where a title has several, as volumes."""
    out = [one for one in items if one.library_id == library.id and one.is_to_wait_for]
    named = [(one.item_id, " · ".join(filter(None, (one.call_number, one.accession_number)))) for one in out]
    is_one_of_many = held.lends + held.coming > 1
    return ReserveAt(library, held.is_all_out, named if is_one_of_many else (), waiting.get(library.id, 0))


def _picture(found: Title) -> str:
    cover = cover_of(found, "large")
    return the_hub().config.url.rstrip("/") + cover if cover else ""


def _on_shelf(holdings: Holdings) -> dict[str, bool]:
    """By library, whether a copy can be had now."""
    names = {one.id: one.name(language()) for one in site().libraries}
    return {names[library_id]: bool(one.free) for library_id, one in holdings.items() if one.kept}


def _shares(address: str, text: str) -> dict[str, str]:
    """Where a page is told to friends; plain links, nothing of these firms is loaded here."""
    return {
        "LINE": "https://social-plugins.line.me/lineit/share?" + urlencode({"url": address}),
        "Facebook": "https://www.facebook.com/sharer/sharer.php?" + urlencode({"u": address}),
        "X": "https://x.com/intent/post?" + urlencode({"url": address, "text": text[:120]}),
    }
