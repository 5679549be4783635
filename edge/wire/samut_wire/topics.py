"""The one table of the protocol: every topic, its direction, its message, its quality of service, whose it is.

MQTT 3.1.1, quality of service 0 or 1. Questions and orders are sent with 0, so that none waits in the broker and is
carried out when nobody expects it any more; so is what a desk reads, which the broker then never writes to its disk.
`{device}` is the common name of the device's certificate; the broker lets a device use only its own topics.
"""

from dataclasses import dataclass
from enum import StrEnum

from samut_wire import messages as m
from samut_wire.errors import WireError

ROOT = "samut/dev"


class Direction(StrEnum):
    TO_HUB = "to hub"
    TO_EDGE = "to edge"


class DeviceRole(StrEnum):
    GATE = "gate"
    KIOSK = "kiosk"
    DESK = "desk"


EVERY = frozenset(DeviceRole)
GATE = frozenset({DeviceRole.GATE})
KIOSK = frozenset({DeviceRole.KIOSK})
DESK = frozenset({DeviceRole.DESK})
LENDING = frozenset({DeviceRole.KIOSK, DeviceRole.DESK})


class Kind(StrEnum):
    """The last part of a topic: which message it is."""

    STATE = "state"
    DESCRIPTION = "desc"
    HEALTH = "health"
    PASSAGE = "evt/passage"
    COUNT = "evt/count"
    ALARM = "evt/alarm"
    LOAN = "evt/loan"
    RENEWAL = "evt/renewal"
    RETURN = "evt/return"
    CANCEL = "evt/cancel"
    SECURITY = "evt/security"
    ASK_MEMBER = "req/member"
    ASK_CHECKOUT = "req/checkout"
    ASK_RENEWAL = "req/renewal"
    ASK_CHECKIN = "req/checkin"
    ASK_SLIP = "req/slip"
    ASK_LINE = "req/line"
    ASK_PAY = "req/pay"
    ASK_ENTRY = "req/entry"
    ASK_REPLICA = "req/replica"
    ASK_CERTIFICATE = "req/certificate"
    ASK_TIME = "req/time"
    READ = "desk/read"
    IDENTITY = "desk/identity"
    COMMAND_DONE = "done"
    LOG = "log"
    MEMBER = "rsp/member"
    CHECKOUT = "rsp/checkout"
    RENEWED = "rsp/renewal"
    CHECKIN = "rsp/checkin"
    SLIP = "rsp/slip"
    LINE = "rsp/line"
    PAY = "rsp/pay"
    ENTRY = "rsp/entry"
    CERTIFICATE = "rsp/certificate"
    TIME = "rsp/time"
    ACKNOWLEDGED = "ack"
    SNAPSHOT = "snapshot"
    DELTA = "delta"
    OPEN_GATE = "cmd/open"
    LOCK_GATE = "cmd/lock"
    EMERGENCY = "cmd/emergency"
    CORRECT_OCCUPANCY = "cmd/occupancy"
    LET_CLASS_IN = "cmd/class"
    IDENTIFY = "cmd/identify"
    RESTART = "cmd/restart"
    PRINT_SLIP = "cmd/slip"
    READ_IDENTITY = "cmd/read-identity"
    TELL_STAFF = "cmd/staff"
    LOGS = "cmd/logs"
    UPDATE = "cmd/update"
    CONFIGURE = "cmd/configure"


@dataclass(frozen=True, slots=True)
class Topic:
    kind: Kind
    direction: Direction
    message: type[m.Message]
    qos: int
    roles: frozenset[DeviceRole]
    retained: bool = False

    def of(self, device: str) -> str:
        """The full topic of one device."""
        return f"{ROOT}/{device}/{self.kind}"

    def is_for(self, role: str) -> bool:
        """Whether a device of this role may say it, or be told it."""
        return role in self.roles


TOPICS: dict[Kind, Topic] = {
    topic.kind: topic
    for topic in (
        Topic(Kind.STATE, Direction.TO_HUB, m.DeviceState, 1, EVERY, retained=True),
        Topic(Kind.DESCRIPTION, Direction.TO_HUB, m.DeviceDescription, 1, EVERY, retained=True),
        Topic(Kind.HEALTH, Direction.TO_HUB, m.DeviceHealth, 0, EVERY),
        Topic(Kind.PASSAGE, Direction.TO_HUB, m.PassageRecorded, 1, GATE),
        Topic(Kind.COUNT, Direction.TO_HUB, m.PersonsCounted, 1, GATE),
        Topic(Kind.ALARM, Direction.TO_HUB, m.GateAlarmed, 1, GATE),
        Topic(Kind.LOAN, Direction.TO_HUB, m.LoanRecorded, 1, LENDING),
        Topic(Kind.RENEWAL, Direction.TO_HUB, m.RenewalRecorded, 1, LENDING),
        Topic(Kind.RETURN, Direction.TO_HUB, m.ReturnRecorded, 1, LENDING),
        Topic(Kind.CANCEL, Direction.TO_HUB, m.CheckoutCancelled, 1, LENDING),
        Topic(Kind.SECURITY, Direction.TO_HUB, m.SecurityRecorded, 1, LENDING),
        Topic(Kind.ASK_MEMBER, Direction.TO_HUB, m.MemberAsked, 0, LENDING),
        Topic(Kind.ASK_CHECKOUT, Direction.TO_HUB, m.CheckoutAsked, 0, LENDING),
        Topic(Kind.ASK_RENEWAL, Direction.TO_HUB, m.RenewalAsked, 0, LENDING),
        Topic(Kind.ASK_CHECKIN, Direction.TO_HUB, m.CheckinAsked, 0, LENDING),
        Topic(Kind.ASK_SLIP, Direction.TO_HUB, m.SlipAsked, 0, KIOSK),
        Topic(Kind.ASK_LINE, Direction.TO_HUB, m.LineAsked, 0, KIOSK),
        Topic(Kind.ASK_PAY, Direction.TO_HUB, m.PayAsked, 0, KIOSK),
        Topic(Kind.ASK_ENTRY, Direction.TO_HUB, m.EntryAsked, 0, GATE),
        Topic(Kind.ASK_REPLICA, Direction.TO_HUB, m.ReplicaAsked, 1, EVERY),
        Topic(Kind.ASK_CERTIFICATE, Direction.TO_HUB, m.CertificateAsked, 0, EVERY),
        Topic(Kind.ASK_TIME, Direction.TO_HUB, m.TimeAsked, 0, EVERY),
        Topic(Kind.READ, Direction.TO_HUB, m.PartRead, 0, DESK),
        Topic(Kind.IDENTITY, Direction.TO_HUB, m.IdentityRead, 0, DESK),
        Topic(Kind.COMMAND_DONE, Direction.TO_HUB, m.CommandDone, 1, EVERY),
        Topic(Kind.LOG, Direction.TO_HUB, m.LogTold, 0, EVERY),
        Topic(Kind.MEMBER, Direction.TO_EDGE, m.MemberFound, 0, LENDING),
        Topic(Kind.CHECKOUT, Direction.TO_EDGE, m.CheckoutAnswered, 0, LENDING),
        Topic(Kind.RENEWED, Direction.TO_EDGE, m.RenewalAnswered, 0, LENDING),
        Topic(Kind.CHECKIN, Direction.TO_EDGE, m.CheckinAnswered, 0, LENDING),
        Topic(Kind.SLIP, Direction.TO_EDGE, m.SlipAnswered, 0, KIOSK),
        Topic(Kind.LINE, Direction.TO_EDGE, m.LineAnswered, 0, KIOSK),
        Topic(Kind.PAY, Direction.TO_EDGE, m.PayAnswered, 0, KIOSK),
        Topic(Kind.ENTRY, Direction.TO_EDGE, m.EntryAnswered, 0, GATE),
        Topic(Kind.CERTIFICATE, Direction.TO_EDGE, m.CertificateGiven, 0, EVERY),
        Topic(Kind.TIME, Direction.TO_EDGE, m.TimeTold, 0, EVERY),
        Topic(Kind.ACKNOWLEDGED, Direction.TO_EDGE, m.EventsAcknowledged, 1, EVERY),
        Topic(Kind.SNAPSHOT, Direction.TO_EDGE, m.SnapshotOffered, 1, EVERY),
        Topic(Kind.DELTA, Direction.TO_EDGE, m.ReplicaDelta, 1, EVERY),
        Topic(Kind.OPEN_GATE, Direction.TO_EDGE, m.GateOpened, 0, GATE),
        Topic(Kind.LOCK_GATE, Direction.TO_EDGE, m.GateLocked, 0, GATE),
        Topic(Kind.EMERGENCY, Direction.TO_EDGE, m.EmergencyDeclared, 0, GATE),
        Topic(Kind.CORRECT_OCCUPANCY, Direction.TO_EDGE, m.OccupancyCorrected, 0, GATE),
        Topic(Kind.LET_CLASS_IN, Direction.TO_EDGE, m.ClassLetIn, 0, GATE),
        Topic(Kind.IDENTIFY, Direction.TO_EDGE, m.DeviceIdentified, 0, EVERY),
        Topic(Kind.RESTART, Direction.TO_EDGE, m.AgentRestarted, 0, EVERY),
        Topic(Kind.PRINT_SLIP, Direction.TO_EDGE, m.SlipOrdered, 0, DESK),
        Topic(Kind.READ_IDENTITY, Direction.TO_EDGE, m.IdentityWanted, 0, DESK),
        Topic(Kind.TELL_STAFF, Direction.TO_EDGE, m.StaffTold, 0, DESK),
        Topic(Kind.LOGS, Direction.TO_EDGE, m.LogsWanted, 0, EVERY),
        Topic(Kind.UPDATE, Direction.TO_EDGE, m.UpdateOrdered, 0, EVERY),
        Topic(Kind.CONFIGURE, Direction.TO_EDGE, m.DeviceConfigured, 0, EVERY),
    )
}

_BY_TEXT: dict[str, Topic] = {str(kind): topic for kind, topic in TOPICS.items()}

EVENTS = frozenset(kind for kind in Kind if kind.startswith("evt/"))
"""Kinds that go through the outbox and are acknowledged by id."""


def read_topic(topic: str) -> tuple[str, Topic]:
    """The device and the row of the table; raises WireError for a topic that is not in it."""
    device, _, kind = topic.removeprefix(f"{ROOT}/").partition("/")
    row = _BY_TEXT.get(kind)
    if row is None or not device or not topic.startswith(f"{ROOT}/"):
        raise WireError(f"Topic “{topic}” is not in the protocol.")
    return device, row
