"""Whether the hub's books can have come from what people did: nothing they were told is lost, nothing is doubled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.soak.faults.day import Day, Done, Outcome, SlipAsked, Verb

FAR_AWAY = datetime.max.replace(tzinfo=UTC)
A_DAY = timedelta(days=1)
"""So much a date may differ that a device with a wrong clock told."""


@dataclass(frozen=True)
class Lent:
    """A loan of an item, as it stands in the hub's books; those of an item stand in the order they were made."""

    member: str
    is_back: bool
    renewals: int
    due: datetime = FAR_AWAY


@dataclass(frozen=True)
class _Book:
    """So many loans are accounted for; the last of them is `out`, and was renewed so often."""

    loans: int = 0
    out: bool = False
    renewals: int = 0


def fault_of(done: Sequence[Done], lent: Sequence[Lent]) -> str:
    """Of one item: empty when the loans are what these operations, in their order, must have made; else the first
    operation after which they cannot be."""
    ways = {_Book()}
    for number, one in enumerate(done, 1):
        ways = {after for way in ways for after in _after(way, one, lent)}
        if not ways:
            return f"operation {number}, {one}, does not fit the loans {list(lent)}"
    if any(_is_whole(way, lent) for way in ways):
        return ""
    return f"{len(done)} operations, the last {done[-1] if done else None}, make other loans than {list(lent)}"


def _after(way: _Book, one: Done, lent: Sequence[Lent]) -> Iterator[_Book]:
    """What the hub renewed and could not tell stands, also where the local rules refused it; no loan does."""
    if one.outcome is not Outcome.TOLD:
        yield way
    if one.outcome is Outcome.REFUSED and (one.by_hub or one.verb is Verb.LEND):
        return
    yield from _carried_out(way, one, lent)


def _carried_out(way: _Book, one: Done, lent: Sequence[Lent]) -> Iterator[_Book]:
    match one.verb:
        case Verb.LEND if not way.out and way.loans < len(lent) and lent[way.loans].member == one.member:
            yield _Book(way.loans + 1, out=True)
        case Verb.RENEW if way.out and lent[way.loans - 1].member == one.member:
            yield _Book(way.loans, out=True, renewals=way.renewals + 1)
            if not one.by_hub and (one.due is None or one.due - A_DAY <= lent[way.loans - 1].due):
                yield way  # the device did not know of the last renewal, and gave no more time than that
        case Verb.RETURN if not way.out:
            yield way
        case Verb.RETURN if _fits(way, lent) and lent[way.loans - 1].is_back:
            yield _Book(way.loans)


def _fits(way: _Book, lent: Sequence[Lent]) -> bool:
    return lent[way.loans - 1].renewals == way.renewals


def _is_whole(way: _Book, lent: Sequence[Lent]) -> bool:
    if way.loans != len(lent):
        return False
    return not way.out or (_fits(way, lent) and not lent[-1].is_back)


def faults_of_slips(day: Day) -> list[str]:
    """Each slip that a person was told of came out; none came out twice without saying that it is a copy."""
    return [*_missing(day.slips), *_doubled(day)]


def _missing(slips: Sequence[SlipAsked]) -> Iterator[str]:
    for slip in slips:
        if slip.told and slip.after <= slip.before:
            yield f"told that it was printed, but no paper came out: {slip}"


def _doubled(day: Day) -> Iterator[str]:
    """Two pieces that are no copies are one job printed twice when they show the same, unless two visits were about
    the same."""
    seen: dict[bytes, list[tuple[str, ...]]] = {}
    for place, piece in enumerate(day.pieces, 1):
        about = next((slip.about for slip in reversed(day.slips) if slip.before < place), ())
        if not piece.says_copy:
            seen.setdefault(piece.picture, []).append(about)
    for visits in seen.values():
        asked = sum(1 for slip in day.slips if slip.about == visits[0])
        if len(visits) > max(asked, 1):
            yield f"{len(visits)} equal slips came out for {asked} visits: {visits}"
