"""What devices, their parts, orders and alerts are called."""

from flask_babel import lazy_gettext as _l

from samut_hub.fleet.alerts import Alert
from samut_hub.fleet.overview import State
from samut_hub.fleet.service import CommandKind

ROLES = {"gate": _l("Gate"), "kiosk": _l("Kiosk"), "desk": _l("Desk")}
PART_KINDS = {
    "card_reader": _l("Card reader"),
    "scanner": _l("Barcode scanner"),
    "pad": _l("RFID pad"),
    "printer": _l("Slip printer"),
    "gate_io": _l("Gate lock and lamps"),
    "camera": _l("Camera"),
    "sip2_line": _l("Way to the hub for kiosks of other makers (SIP2)"),
}
PART_STATES = {
    "ready": ("good", _l("Ready")),
    "offline": ("bad", _l("Not connected")),
    "paper_low": ("warn", _l("Paper runs out soon")),
    "paper_out": ("bad", _l("No paper")),
    "cover_open": ("bad", _l("Cover open")),
    "fault": ("bad", _l("Reports a fault")),
    "unknown": ("warn", _l("Does not answer")),
}
STATES = {
    State.ONLINE: _l("Connected"),
    State.AWAY: _l("Away"),
    State.TROUBLED: _l("Needs attention"),
}
COMMANDS = {
    CommandKind.OPEN: _l("Open the gate"),
    CommandKind.IDENTIFY: _l("Show which one it is"),
    CommandKind.RESTART: _l("Restart"),
    CommandKind.SLIP: _l("Print a slip"),
    CommandKind.READ_IDENTITY: _l("Read a national ID card"),
    CommandKind.LOCK: _l("Let nobody in"),
    CommandKind.UNLOCK: _l("Let people in again"),
    CommandKind.EMERGENCY: _l("Emergency: hold it open"),
    CommandKind.EMERGENCY_OVER: _l("The emergency is over"),
    CommandKind.OCCUPANCY: _l("Correct how many are inside"),
    CommandKind.CLASS: _l("Let a class in"),
    CommandKind.LOGS: _l("Fetch the log"),
    CommandKind.UPDATE: _l("Renew the program"),
}
ALERTS = {
    Alert.OFFLINE: _l("Away for more than five minutes"),
    Alert.PART: _l("A part does not work"),
    Alert.PAPER_OUT: _l("No paper"),
    Alert.PAPER_LOW: _l("Paper runs out soon"),
    Alert.QUEUE: _l("Many events wait to be sent"),
    Alert.ALARM: _l("Alarm"),
    Alert.CLOCK: _l("The clock is wrong"),
    Alert.CERTIFICATE: _l("The certificate ends soon and was not renewed"),
    Alert.CONFIGURATION: _l("It went back from its new configuration"),
}
ALARMS = {
    "secured_item": _l("An item that is still secured passed the exit"),
    "tailgating": _l("Somebody without a card behind another"),
    "tamper": _l("The housing is open"),
    "door_forced": _l("The door was forced"),
    "door_held": _l("The door is held open"),
    "fire": _l("Fire alarm"),
    "emergency": _l("Emergency: held open"),
    "locked": _l("Locked by staff: nobody is let in"),
    "clock_unknown": _l("It does not know what time it is"),
    "queue_long": _l("More and more events wait to be sent"),
    "queue_full": _l("No room for more events: nothing is lent there"),
}
HAPPENINGS = {
    "in": _l("Came in"),
    "out": _l("Went out"),
    "refused": _l("Was not let through"),
    "lent": _l("Lent"),
    "returned": _l("Returned"),
}
