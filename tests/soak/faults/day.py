"""What people did in a batch of rounds, each thing as its person saw it."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class Verb(StrEnum):
    LEND = "lend"
    RENEW = "renew"
    RETURN = "return"


class Outcome(StrEnum):
    """What the person was told; `DOUBT`: nobody knows what became of it."""

    TOLD = "told"
    REFUSED = "refused"
    DOUBT = "in doubt"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Done:
    """`by_hub`: the answer was the hub's own, as far as the place can tell; `due` what was told, if that is known."""

    verb: Verb
    barcode: str
    member: str
    place: str
    outcome: Outcome
    by_hub: bool
    began: datetime
    ended: datetime
    due: datetime | None = None


@dataclass(frozen=True)
class Tapped:
    card: int
    opens: bool
    told: bool
    began: datetime
    ended: datetime


@dataclass(frozen=True)
class SlipAsked:
    """A visit that ended with a slip: what it was about, how often the printer had cut before, and what was told."""

    about: tuple[str, ...]
    before: int
    after: int
    told: bool


@dataclass(frozen=True)
class Piece:
    """Paper as it came out, as a PNG."""

    picture: bytes
    says_copy: bool


@dataclass
class Day:
    """Goes on until it `is_over`; then people finish what they do. `pieces` are the slips as they came out."""

    is_over: bool = False
    done: list[Done] = field(default_factory=list)
    taps: list[Tapped] = field(default_factory=list)
    slips: list[SlipAsked] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    full: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When the gate's disk was full: people who pass are counted then, not named."""
    faults: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    """Programs that ended by themselves."""

    @property
    def count(self) -> int:
        return len(self.done) + len(self.taps) + len(self.slips)

    def was_full(self, tap: Tapped) -> bool:
        return any(began <= tap.ended and tap.began <= ended for began, ended in self.full)


class Shelf:
    """Books of one place, and who has them as far as that place was told: its next sensible operation."""

    def __init__(self, books: list[str], members: list[str], dice: random.Random) -> None:
        self._dice = dice
        self._members = members
        self._in, self._doubtful = list(books), list[str]()
        self._out: dict[str, str] = {}

    @property
    def doubtful(self) -> list[str]:
        return list(self._doubtful)

    def next(self) -> tuple[Verb, str, str]:
        """A book nobody knows the state of is brought back first."""
        if self._doubtful:
            return Verb.RETURN, self._doubtful[0], ""
        if self._in and (not self._out or self._dice.random() < 0.45):
            return Verb.LEND, self._dice.choice(self._in), self._dice.choice(self._members)
        book = self._dice.choice(list(self._out))
        if self._dice.random() < 0.3:
            return Verb.RENEW, book, self._out[book]
        return Verb.RETURN, book, ""

    def note(self, done: Done) -> None:
        book, was_with = done.barcode, self._out.get(done.barcode)
        if done.outcome is Outcome.REFUSED and done.verb is not Verb.RETURN:
            return
        if done.verb is Verb.RENEW and done.outcome is Outcome.DOUBT and was_with is not None:
            return  # whatever came of it, the book is with whom it was
        self._in = [one for one in self._in if one != book]
        self._doubtful = [one for one in self._doubtful if one != book]
        self._out.pop(book, None)
        if done.outcome is not Outcome.TOLD:
            self._doubtful.append(book)
        elif done.verb is Verb.RETURN:
            self._in.append(book)
        else:
            self._out[book] = done.member
