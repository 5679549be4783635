"""What the keys of a device's configuration are called, and what each means to who sets it.

A key without words is shown by its own name.
"""

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

TABLES = {
    "gate": _l("What the gate does"),
    "kiosk": _l("What the kiosk does"),
    "desk": _l("What the desk does"),
    "sip2": _l("Way to the hub for kiosks of other makers (SIP2)"),
}
KEYS: dict[str, tuple[LazyString, LazyString]] = {
    "gate.open_seconds": (_l("Open for"), _l("Seconds that the gate stays open after a tap.")),
    "gate.repeat_seconds": (
        _l("Second tap of one card"),
        _l("A card that is held to the reader again within so many seconds is the same tap."),
    ),
    "gate.directions": (
        _l("Readers and directions"),
        _l("A line for each reader: the name of the part, =, and in or out. No reader may be left out."),
    ),
    "gate.hub_seconds": (
        _l("Asking the hub about unknown cards"),
        _l("So many seconds a card that the gate does not know waits for the hub. 0 asks never."),
    ),
    "gate.counts": (
        _l("How people are counted"),
        _l("cards: by the taps. beams: by the two light beams of a way without a barrier."),
    ),
    "gate.anti_passback": (
        _l("Coming in twice without going out"),
        _l("off: allowed. warn: shown and noted. refuse: not let in."),
    ),
    "gate.passback_hours": (_l("Forget who came in after"), _l("Hours; then a card may come in again in any case.")),
    "gate.follow_hours": (
        _l("Outside opening hours"),
        _l("off: opens as always. warn: shown and noted. refuse: nobody is let in. The way out is always open."),
    ),
    "gate.capacity": (_l("Room for"), _l("How many people may be inside; empty when it does not matter.")),
    "gate.when_full": (_l("When it is full"), _l("off: opens. warn: shown and noted. refuse: nobody is let in.")),
    "gate.exempt_types": (
        _l("Types of member who always come in"),
        _l("Codes of the types, one a line: whatever the hours and however many are inside."),
    ),
    "gate.group_types": (
        _l("Types of member who bring a class"),
        _l("Codes of the types, one a line: with a second tap, once the gate has closed, they let their class in."),
    ),
    "gate.group_persons": (_l("People in a class"), _l("At most so many come in with one teacher.")),
    "gate.group_seconds": (_l("Time for a class"), _l("Seconds that the class has to come in.")),
    "gate.occupancy_reset": (
        _l("Counting from nothing"),
        _l("midnight: every night. closing: when the library closes. never: only by hand."),
    ),
    "gate.tailgating": (
        _l("Watch for people without a card behind another"),
        _l("Needs light beams. The alarm sounds and is noted."),
    ),
    "gate.alarm_seconds": (_l("Alarm sounds for"), _l("Seconds.")),
    "gate.door_held_seconds": (
        _l("Door held open"),
        _l("Alarm when the door stands open for so many seconds; 0 for never. Needs a door contact."),
    ),
    "kiosk.hub_seconds": (
        _l("Waiting for the hub"),
        _l("So many seconds until the kiosk decides by itself, by the same rules."),
    ),
    "kiosk.idle_seconds": (_l("End without a touch"), _l("Seconds until the screen forgets who was there.")),
    "kiosk.offline_max_items": (
        _l("Items without the hub"),
        _l("So many a member may borrow here while the hub is away."),
    ),
    "kiosk.security": (
        _l("Tags of items"),
        _l("none: not touched. pads: released after a loan and secured before a return, on the pads of the kiosk."),
    ),
    "kiosk.staff_types": (
        _l("Types of member who open the staff menu"),
        _l("Codes of the types, one a line: their cards open it."),
    ),
    "desk.hub_seconds": (
        _l("Waiting for the hub"),
        _l("So many seconds until the desk decides by itself, by the same rules."),
    ),
    "desk.idle_minutes": (_l("Sign out without a touch"), _l("Minutes, on the page without the hub.")),
    "desk.offline_max_items": (
        _l("Items without the hub"),
        _l("So many a member may borrow here while the hub is away."),
    ),
    "sip2.hub_port": (_l("Port of the hub"), _l("Where the hub's SIP2 server listens, as its settings say.")),
    "sip2.listen": (
        _l("Address here"),
        _l("127.0.0.1 for a program on this computer, 0.0.0.0 for kiosks beside it."),
    ),
    "sip2.port": (_l("Port here"), _l("To which the kiosk connects; usually 6001.")),
    "sip2.clients": (_l("Addresses of the kiosks"), _l("One a line. Nobody else may connect.")),
    "sip2.connections": (_l("Kiosks at one time"), _l("From 1 to 64.")),
}
