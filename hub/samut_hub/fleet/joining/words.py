"""What devices are called when one is added."""

from flask_babel import lazy_gettext as _l

from samut_wire.topics import DeviceRole

ROLE_NAMES = {
    DeviceRole.GATE.value: _l("Gate"),
    DeviceRole.KIOSK.value: _l("Kiosk"),
    DeviceRole.DESK.value: _l("Desk"),
}
