"""What the desk's own page is told: who works, the member who is there, the lines of what was done."""

from zoneinfo import ZoneInfo

import msgspec

from samut_edge.desk_counter import DeskCounter
from samut_edge.flows.desk import Guest, Line
from samut_edge.flows.kiosk_states import Language
from samut_edge.kiosk_slip import day, moment
from samut_rules.loan import baht
from samut_rules.reasons import sentence
from samut_wire import messages as m


class LineView(msgspec.Struct, frozen=True):
    """`fine` is in baht as people write it, empty when nothing is owed; `here` is whether this desk decided alone."""

    number: int
    what: str
    barcode: str
    title: str
    due: str
    days_late: int
    fine: str
    hints: tuple[str, ...]
    here: bool


class LoanView(msgspec.Struct, frozen=True):
    barcode: str
    title: str
    due: str
    overdue: bool


class GuestView(msgspec.Struct, frozen=True):
    number: str
    name: str
    loans: int
    overdue: int
    debt: str
    hints: tuple[str, ...]
    mine: tuple[LoanView, ...]


class DeskView(msgspec.Struct, frozen=True, tag_field="is", tag="view"):
    """`worker` is empty for a page that is not signed in: it is told nothing of members and books.

    `away_since` is empty while the hub is connected; `hub` is its address.
    """

    language: str
    library: str
    hub: str
    away_since: str
    waiting: int
    knows_staff: bool
    worker: str
    guest: GuestView | None
    lines: tuple[LineView, ...]
    prints: bool
    can_print: bool
    slip_failed: bool


def view_of(counter: DeskCounter, language: Language, *, signed_in: bool, hub: str) -> DeskView:
    """As the page of whoever is signed in sees it, or any other page."""
    state, library, link = counter.state, counter.library(), counter.hub()
    zone = ZoneInfo(library.zone)
    worker = state.worker if signed_in else None
    return DeskView(
        language=language.value,
        library=library.name(language),
        hub=hub,
        away_since="" if link.away_since is None else moment(link.away_since, zone, language),
        waiting=link.waiting,
        knows_staff=counter.knows_staff,
        worker="" if worker is None else worker[1],
        guest=None if worker is None or state.guest is None else _guest(state.guest, zone, language),
        lines=() if worker is None else tuple(_line(line, zone, language) for line in state.lines),
        prints=counter.prints,
        can_print=worker is not None and bool(state.done),
        slip_failed=worker is not None and counter.slip_failed,
    )


def _guest(guest: Guest, zone: ZoneInfo, language: Language) -> GuestView:
    return GuestView(
        number=guest.number,
        name=guest.name,
        loans=len(guest.loans),
        overdue=sum(loan.overdue for loan in guest.loans),
        debt=_money(guest.debt),
        hints=_hints(guest.reasons, language),
        mine=tuple(
            LoanView(loan.barcode, loan.title, day(loan.due_at, zone, language), loan.overdue) for loan in guest.loans
        ),
    )


def _line(line: Line, zone: ZoneInfo, language: Language) -> LineView:
    return LineView(
        number=line.number,
        what=line.what.value,
        barcode=line.barcode,
        title=line.title,
        due="" if line.due is None else day(line.due, zone, language),
        days_late=line.days_late,
        fine=_money(line.fine),
        hints=_hints(line.reasons, language),
        here=not line.from_hub,
    )


def _hints(reasons: tuple[m.ReasonGiven, ...], language: Language) -> tuple[str, ...]:
    return tuple(sentence(reason.code, reason.values, language.value) for reason in reasons)


def _money(satang: int) -> str:
    return baht(satang) if satang else ""
