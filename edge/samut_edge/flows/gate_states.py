"""What a gate remembers from one event to the next, and what it goes by."""

from dataclasses import dataclass, field
from datetime import datetime

from samut_edge.events import Direction, Input
from samut_edge.flows.gate_beams import Beams
from samut_edge.flows.gate_occupancy import Occupancy
from samut_rules.calendar import Calendar
from samut_rules.reasons import Reason
from samut_rules.visit import EntryPolicy, Weight
from samut_wire import messages as m
from samut_wire.configuration import GateSettings


@dataclass(frozen=True, slots=True)
class Now:
    """The wall clock, and seconds that no clock can set back."""

    at: datetime
    moment: float


@dataclass(frozen=True, slots=True)
class Person:
    """Who holds a card: a member by the number, or a guest by the hash of a pass, good `until` for `uses` entries.

    `reasons` stand against letting the person in, whatever the gate thinks.
    """

    number: str = ""
    name: str = ""
    member_type: str = ""
    reasons: tuple[Reason, ...] = ()
    guest: str = ""
    until: datetime | None = None
    uses: int = 0

    @property
    def key(self) -> str:
        return self.number or self.guest

    def is_good(self, now: datetime) -> bool:
        """Whether what is known of a guest still holds."""
        return not self.guest or (self.uses > 0 and self.until is not None and now <= self.until)


@dataclass(frozen=True, slots=True)
class Tapped:
    """A card or code at a reader. `card` is its hash, or the number; `person` is None when the replica knows nobody.
    `asked` is how the hub is asked then."""

    reader: str
    card: str
    direction: Direction
    person: Person | None
    asked: m.EntryAsked


@dataclass(frozen=True, slots=True)
class Asking:
    """A person stands there until the hub answers, or the time is up."""

    question: int
    tap: Tapped
    until: float


@dataclass(frozen=True, slots=True)
class Credit:
    """One person has been let through this way and has not passed the beams yet."""

    direction: Direction
    until: float


@dataclass(frozen=True, slots=True)
class Group:
    """A class on its way in: `left` more persons at most."""

    member: str
    left: int
    until: float


@dataclass(frozen=True, slots=True)
class TagSeen:
    """A secured tag at the exit, with what the replica says of its item. `is_theirs`: it is on loan, or its tag could
    not be cleared when it was lent."""

    part: str
    tag: str
    barcode: str
    title: str = ""
    is_theirs: bool = False


@dataclass(frozen=True, slots=True)
class TagWaiting:
    """A tag seen while nobody stood in the beams: whoever breaks one first tells whether it goes in or out."""

    seen: TagSeen
    until: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is going on now. `title` names the item."""

    kind: str
    until: float
    title: str = ""


@dataclass(frozen=True, slots=True)
class GateState:
    """`recent` are the last allowed taps within the repeat window, `learnt` the people the hub told of today.

    `free_until`: the gate was opened for whoever passes. `inputs` are the wires that are active.
    """

    occupancy: Occupancy
    recent: dict[tuple[str, Direction], float] = field(default_factory=dict)
    learnt: dict[str, Person] = field(default_factory=dict)
    asking: tuple[Asking, ...] = ()
    questions: int = 0
    credits: tuple[Credit, ...] = ()
    group: Group | None = None
    beams: Beams = field(default_factory=Beams)
    last_pass: tuple[Direction, float] | None = None
    tags: dict[str, float] = field(default_factory=dict)
    waiting_tags: tuple[TagWaiting, ...] = ()
    inputs: frozenset[Input] = frozenset()
    emergency: bool = False
    locked: bool = False
    free_until: float = 0.0
    open_until: float = 0.0
    door_since: float | None = None
    alarm: Alarm | None = None

    @property
    def is_evacuating(self) -> bool:
        """The way out stands open by the fire alarm or by an order."""
        return self.emergency or Input.FIRE in self.inputs


@dataclass(frozen=True, slots=True)
class GateRules:
    """What the library wants, its calendar, whether this gate has beams, and how long its exit button opens it."""

    settings: GateSettings
    calendar: Calendar
    has_beams: bool = False
    exit_seconds: float = 0.0

    @property
    def by_beams(self) -> bool:
        return self.settings.counts == "beams"

    @property
    def policy(self) -> EntryPolicy:
        own = self.settings
        return EntryPolicy(Weight(own.follow_hours), Weight(own.anti_passback), Weight(own.when_full))
