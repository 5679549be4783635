"""What is filled in about a device that is to join."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from samut_hub.catalogue.forms import TextForm
from samut_hub.fleet.enrolment import NewDevice
from samut_hub.fleet.joining.words import ROLE_NAMES
from samut_wire.topics import DeviceRole


class NewDeviceForm(TextForm):
    """Without an id the next free one of its role is taken."""

    role = SelectField(_l("What is it?"), choices=[SelectChoice(*one) for one in ROLE_NAMES.items()])
    name = StringField(
        _l("Name"), [DataRequired(), Length(max=100)], description=_l("As staff call it, for example: Front gate")
    )
    device_id = StringField(
        _l("Id"),
        [Length(max=40)],
        description=_l("Small letters, digits and hyphens; it stays for good. Empty: the next free one."),
    )

    def device(self, suggested: str) -> NewDevice:
        return NewDevice(self.device_id.data or suggested, DeviceRole(self.role.data), self.name.data)
