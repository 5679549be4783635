"""What each message of an edge device means to the hub: one function each, one table, one transaction around it."""

from collections.abc import Callable

from samut_hub.errors import RefusedError
from samut_hub.fleet import service as fleet
from samut_hub.fleet.desks import service as desks
from samut_hub.fleet.joining.given import renew_certificate
from samut_hub.fleet.logs import note_log
from samut_hub.members.enrolling import service as enrolling
from samut_hub.mqtt import asked_in_visit, gates, lending
from samut_hub.mqtt.received import Received, Reply, body_of
from samut_wire import messages as m
from samut_wire.topics import Kind

Handler = Callable[[Received], Reply | None]


def handle(received: Received) -> Reply | None:
    """Do what the message asks; the caller commits, then sends the reply."""
    return HANDLERS[received.kind](received)


def _state(received: Received) -> None:
    body = body_of(received, m.DeviceState)
    fleet.note_state(received.device, body, received.heard)


def _description(received: Received) -> None:
    fleet.note_description(received.device, body_of(received, m.DeviceDescription), received.heard)


def _health(received: Received) -> None:
    fleet.note_health(received.device, body_of(received, m.DeviceHealth), received.heard)


def _done(received: Received) -> None:
    body = body_of(received, m.CommandDone)
    fleet.note_done(received.session, received.device, body, received.now)
    if not body.done:
        enrolling.note_fault(received.session, body.id, received.device.id, body.detail)


def _log(received: Received) -> None:
    note_log(received.session, received.device, received.letter.re, body_of(received, m.LogTold), received.now)


def _identity(received: Received) -> None:
    body, station = body_of(received, m.IdentityRead), received.device.id
    enrolling.note_identity(received.session, received.letter.re, station, body, received.now)


def _read(received: Received) -> None:
    desks.note_read(received.session, received.device, body_of(received, m.PartRead), received.now)


def _certificate(received: Received) -> Reply:
    """The broker let the device in by its present certificate; the new one is for a key that it keeps to itself."""
    asked = body_of(received, m.CertificateAsked)
    if received.authority is None:
        return Reply(Kind.CERTIFICATE, m.CertificateGiven(fault="this hub certifies nobody"))
    try:
        given = renew_certificate(
            received.session, received.authority, received.device, asked.request, now=received.now
        )
    except RefusedError as refused:
        return Reply(Kind.CERTIFICATE, m.CertificateGiven(fault=str(refused)))
    return Reply(Kind.CERTIFICATE, m.CertificateGiven(certificate=given))


def _time(received: Received) -> Reply:
    return Reply(Kind.TIME, m.TimeTold())


HANDLERS: dict[Kind, Handler] = {
    Kind.STATE: _state,
    Kind.DESCRIPTION: _description,
    Kind.HEALTH: _health,
    Kind.COMMAND_DONE: _done,
    Kind.LOG: _log,
    Kind.PASSAGE: gates.passage,
    Kind.COUNT: gates.count,
    Kind.ALARM: gates.alarm,
    Kind.LOAN: lending.loan,
    Kind.RENEWAL: lending.renewal,
    Kind.RETURN: lending.give_back,
    Kind.CANCEL: lending.cancel,
    Kind.SECURITY: lending.security,
    Kind.ASK_ENTRY: gates.ask_entry,
    Kind.ASK_MEMBER: lending.ask_member,
    Kind.ASK_CHECKOUT: lending.ask_checkout,
    Kind.ASK_RENEWAL: lending.ask_renewal,
    Kind.ASK_CHECKIN: lending.ask_checkin,
    Kind.ASK_SLIP: asked_in_visit.ask_slip,
    Kind.ASK_LINE: asked_in_visit.ask_line,
    Kind.ASK_PAY: asked_in_visit.ask_pay,
    Kind.ASK_CERTIFICATE: _certificate,
    Kind.ASK_TIME: _time,
    Kind.READ: _read,
    Kind.IDENTITY: _identity,
}
"""Every message to the hub but `req/replica`, which the door answers itself as it needs no transaction's reply."""
