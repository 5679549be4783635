"""What devices are set to do, from the form to the letter, and back to an earlier version."""

import msgspec
import pytest
from flask.testing import FlaskClient

from samut_hub.db import Database
from samut_hub.fleet.configuration_form import TABLES, filled_from, keys_of, read
from samut_hub.fleet.configurations import configurations_to_send
from samut_hub.fleet.models import Device, DeviceConfiguration, DeviceGroup
from samut_hub.fleet.service import Heard, note_description, note_state
from samut_hub.fleet.web.key_words import KEYS
from samut_hub.staff.policy import Role
from samut_wire import messages as m
from samut_wire.configuration import Configuration, read_configuration
from tests.hub.conftest import Clock, Libraries, SignIn

OWN = {
    "gate": {"open_seconds": 3.0, "directions": {"reader_in": "in"}},
    "parts": {
        "reader_in": {"driver": "pcsc", "options": {"reader": "ACR122"}},
        "gate": {"driver": "rpi_gpio", "options": {"relay": 17, "active_low": ["relay"]}},
    },
}
PAGE = "/devices/gate-1/configuration"


@pytest.fixture
def gates(database: Database, libraries: Libraries, clock: Clock) -> None:
    """Two gates and a kiosk in one group; the gates told what they are."""
    with database.session(libraries.north) as session:
        group = DeviceGroup(name="ชั้นล่าง")
        session.add(group)
        session.flush()
        for name, role in (("gate-1", "gate"), ("gate-2", "gate"), ("kiosk-1", "kiosk")):
            device = Device(id=name, role=role, name=name, online=True, added_at=clock(), changed_at=clock())
            device.group_id, device.settings, device.drivers = group.id, OWN, ["pcsc", "rpi_gpio"]
            session.add(device)


@pytest.fixture
def technician(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.ADMINISTRATOR)


def form(**changed: str) -> dict[str, str]:
    """The boxes as the page shows them at first, with some of them changed (`__` is a point)."""
    filled = filled_from(OWN, "gate")
    boxes = {**filled.texts, "reason": "ประตูใหม่"}
    for number, part in enumerate(filled.parts):
        boxes |= {f"part-{number}.{name}": getattr(part, name) for name in ("name", "driver", "options")}
    return {**boxes, **{name.replace("__", "."): text for name, text in changed.items()}}


def to_send(database: Database) -> dict[str, int]:
    with database.session(None, writes=False) as session:
        return {device: told.version for device, told in configurations_to_send(session).items()}


def rows(database: Database) -> list[DeviceConfiguration]:
    with database.session(None, writes=False) as session:
        return list(session.query(DeviceConfiguration).order_by(DeviceConfiguration.id))


def test_the_form_begins_with_what_the_device_works_by(gates: None, technician: FlaskClient) -> None:
    page = technician.get(PAGE).text
    assert 'value="reader_in"' in page
    assert "relay = 17" in page
    assert "reader_in = in" in page
    assert "<option selected>rpi_gpio</option>" in page


@pytest.mark.requirement("H-16")
def test_what_was_saved_is_for_this_device_alone_and_says_who_and_why(
    gates: None, technician: FlaskClient, database: Database
) -> None:
    assert technician.post(PAGE, data=form(gate__open_seconds="4,5")).status_code == 302
    (row,) = rows(database)
    assert (row.made_by, row.reason) == ("north.administrator", "ประตูใหม่")
    assert row.content is not None
    assert row.content["gate"]["open_seconds"] == 4.5
    assert row.content["parts"] == OWN["parts"]
    assert to_send(database) == {"gate-1": row.id}


def test_what_went_through_the_form_is_what_the_device_reads(gates: None) -> None:
    filled = read(form(), "gate", frozenset({"pcsc", "rpi_gpio"}))
    assert filled.faults == []
    assert read_configuration(filled.content, "gate") == msgspec.convert(OWN, Configuration)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"gate__open_seconds": "long"}, "A number is expected, not “long”."),
        ({"gate__group_persons": "4.5"}, "A whole number is expected, not “4.5”."),
        ({"gate__directions": "reader_in"}, "this one is not: reader_in"),
        ({"gate__directions": "reader_in = up"}, "up"),
        ({"part-0__driver": "pcsk"}, "The device has no driver “pcsk”."),
        ({"part-0__driver": ""}, "Choose the driver of this part."),
        ({"part-1__name": "reader_in"}, "There is another part called “reader_in”."),
        ({"part-0__options": "relay"}, "this one is not: relay"),
        ({"reason": ""}, "This must be filled in."),
        ({"sip2": "yes"}, "This must be filled in."),
        ({"sip2": "yes", "sip2__hub_port": "6001", "sip2__listen": "192.168.1.7"}, "clients"),
    ],
)
def test_what_does_not_fit_is_told_where_it_stands_and_nothing_is_saved(
    gates: None, technician: FlaskClient, database: Database, changed: dict[str, str], said: str
) -> None:
    answer = technician.post(PAGE, data=form(**changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert rows(database) == []


def test_a_group_is_set_up_at_once_but_for_those_with_their_own(
    gates: None, technician: FlaskClient, database: Database
) -> None:
    technician.post(PAGE, data=form())
    own = rows(database)[-1].id
    with database.session(None) as session:
        group = session.query(DeviceGroup).one().id
    technician.post(f"/devices/groups/{group}/configuration/gate", data=form(gate__open_seconds="6"))
    shared = rows(database)[-1].id
    assert to_send(database) == {"gate-1": own, "gate-2": shared}
    technician.post(f"{PAGE}/none", data={})
    assert to_send(database) == {"gate-1": shared, "gate-2": shared}
    technician.post("/devices/gate-2/group", data={"group": ""})
    assert to_send(database) == {"gate-1": shared}


def test_earlier_versions_are_compared_and_come_back_as_a_new_one(
    gates: None, technician: FlaskClient, database: Database
) -> None:
    technician.post(PAGE, data=form(gate__open_seconds="4"))
    technician.post(PAGE, data=form(gate__open_seconds="9"))
    first, second = (row.id for row in rows(database))
    page = technician.get(f"{PAGE}/{first}").text
    assert "Go back to this one" in page
    assert '<pre class="value">9</pre>' in page
    technician.post(f"{PAGE}/{first}/back", data={"reason": "ช้าไป"})
    third = rows(database)[-1]
    assert (third.id > second, third.content) == (True, rows(database)[0].content)
    assert to_send(database) == {"gate-1": third.id}


def test_the_version_of_another_device_is_not_found(gates: None, technician: FlaskClient, database: Database) -> None:
    technician.post(PAGE, data=form())
    number = rows(database)[0].id
    assert technician.get(f"/devices/gate-2/configuration/{number}").status_code == 404
    assert technician.post(f"/devices/gate-2/configuration/{number}/back").status_code == 404


def test_a_device_is_told_until_it_took_it_or_gave_it_up(
    gates: None, technician: FlaskClient, database: Database
) -> None:
    technician.post(PAGE, data=form())
    number = rows(database)[0].id
    with database.session(None) as session:
        session.get_one(Device, "gate-1").configuration_refused = number
        session.get_one(Device, "gate-1").configuration_fault = "the reader did not come"
    assert to_send(database) == {}
    for page in (PAGE, "/devices/gate-1"):
        assert "the reader did not come" in technician.get(page).text
    technician.post(f"{PAGE}/{number}/back", data={})
    again = rows(database)[-1].id
    assert to_send(database) == {"gate-1": again}
    with database.session(None) as session:
        session.get_one(Device, "gate-1").configuration = again
    assert to_send(database) == {}
    technician.post(f"{PAGE}/none", data={})
    assert to_send(database) == {"gate-1": 0}


def test_a_device_that_cannot_work_by_its_settings_file_is_asked_once_and_the_page_tells(
    gates: None, technician: FlaskClient, database: Database, clock: Clock
) -> None:
    technician.post(PAGE, data=form())
    number = rows(database)[0].id
    technician.post(f"{PAGE}/none", data={})
    heard = Heard(now=clock(), said_at=clock())
    for refused, fault, sent in ((0, "", {"gate-1": 0}), (-1, "", {"gate-1": 0}), (0, "no reader came", {})):
        with database.session(None) as session:
            state = m.DeviceState(online=True, configuration=number, refused=refused, fault=fault)
            note_state(session.get_one(Device, "gate-1"), state, heard)
        assert to_send(database) == sent
    assert "gate-1 went back from its own settings file: no reader came" in technician.get(PAGE).text
    assert "Its own settings file was given up" in technician.get("/devices/gate-1").text


def test_a_device_without_any_part_is_not_saved(gates: None, technician: FlaskClient, database: Database) -> None:
    bare = {name: text for name, text in form().items() if not name.startswith("part-")}
    answer = technician.post(PAGE, data=bare)
    assert answer.status_code == 422
    assert "Enter at least one part" in answer.text
    assert rows(database) == []


def test_a_number_is_never_used_again_when_a_group_goes(
    gates: None, technician: FlaskClient, database: Database
) -> None:
    with database.session(None) as session:
        group = session.query(DeviceGroup).one().id
    technician.post(f"/devices/groups/{group}/configuration/gate", data=form())
    gone = rows(database)[-1].id
    technician.post(f"/devices/groups/{group}/remove", data={})
    assert rows(database) == []
    technician.post(PAGE, data=form())
    assert rows(database)[0].id > gone


def test_settings_beyond_all_measure_are_not_kept(gates: None, database: Database, clock: Clock) -> None:
    heard = Heard(now=clock(), said_at=clock())
    with database.session(None) as session:
        device = session.get_one(Device, "gate-1")
        for large, kept in ((90_000, True), (110_000, False)):
            told = m.DeviceDescription(role="gate", parts=(), settings={"gate": {"directions": "x" * large}})
            note_description(device, told, heard)
            assert bool(device.settings) is kept


def test_a_librarian_opens_gates_but_does_not_set_them_up(gates: None, sign_in: SignIn) -> None:
    browser = sign_in()
    assert browser.get(PAGE).status_code == 403
    assert browser.get("/devices/gate-1").status_code == 200


def test_every_key_that_a_device_knows_has_its_words() -> None:
    assert {key.id for table in TABLES for key in keys_of(table)} == set(KEYS)
