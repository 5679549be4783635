"""What the hub sets holds after a power cut, is tried before it is trusted, and is given up for what worked."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from samut_edge.configured import FILE, NONE_REFUSED, STARTS, Configured, Version, merged
from samut_edge.devices.part import PartState
from samut_edge.errors import SettingsError
from samut_edge.setting_up import SettingUp
from samut_edge.settings import read_settings
from samut_edge.trial import try_out, working
from samut_wire import messages as m
from tests.edge.running_agent import settings_of

SLOW_GATE = Version(number=7, content={"gate": {"open_seconds": 9.0, "directions": {}}, "parts": {}})


def test_without_a_configuration_the_settings_file_holds(tmp_path: Path) -> None:
    settings_of(tmp_path, "gate")
    configured = Configured(tmp_path)
    configured.begin()
    assert (configured.is_on_trial, configured.kept.now.number) == (False, 0)
    assert not (tmp_path / FILE).exists()


def test_what_the_hub_sets_takes_the_place_of_those_tables_alone(tmp_path: Path) -> None:
    own = settings_of(tmp_path, "gate")
    Configured(tmp_path).take(SLOW_GATE, ())
    settings = read_settings(tmp_path / "settings.toml")
    assert settings.gate is not None
    assert settings.gate.open_seconds == 9.0
    assert (settings.hub, settings.device, settings.page_port) == (own.hub, own.device, own.page_port)


def test_a_table_that_the_hub_does_not_name_is_gone() -> None:
    table = {"device": "gate-1", "sip2": {"hub_port": 6001}, "gate": {}, "parts": {"a": {}}}
    assert merged(table, SLOW_GATE) == {"device": "gate-1", **(SLOW_GATE.content or {})}
    assert merged(table, Version()) == table


def test_what_came_up_well_stays(tmp_path: Path) -> None:
    first = Configured(tmp_path)
    first.take(SLOW_GATE, ("reader",))
    again = Configured(tmp_path)
    again.begin()
    assert again.is_on_trial
    again.confirm()
    assert Configured(tmp_path).kept.now == SLOW_GATE
    assert not Configured(tmp_path).is_on_trial


@pytest.mark.requirement("H-16")
def test_a_configuration_under_which_the_agent_ends_again_and_again_is_given_up(tmp_path: Path) -> None:
    Configured(tmp_path).take(SLOW_GATE, ())
    for _ in range(STARTS):
        began = Configured(tmp_path)
        began.begin()
        assert began.kept.now == SLOW_GATE
    last = Configured(tmp_path)
    last.begin()
    assert (last.kept.now, last.kept.refused) == (Version(), 7)
    assert "3 times" in last.kept.fault


def test_one_that_comes_while_another_is_on_trial_goes_back_to_what_worked(tmp_path: Path) -> None:
    configured = Configured(tmp_path)
    configured.take(SLOW_GATE, ("reader",))
    configured.take(Version(number=8, content={}), ())
    assert configured.kept.worked == ("reader",)
    assert configured.give_up("no")
    assert (configured.kept.now, configured.kept.refused) == (Version(), 8)


def test_what_a_newer_program_does_not_understand_is_passed_over(tmp_path: Path) -> None:
    settings_of(tmp_path, "gate")
    configured = Configured(tmp_path)
    configured.take(Version(number=9, content={"gate": {"wings": 2}, "parts": {}}), ())
    configured.confirm()
    with pytest.raises(SettingsError, match="wings"):
        read_settings(tmp_path / "settings.toml")
    assert configured.fall_back("wings")
    assert not configured.fall_back("again")
    assert read_settings(tmp_path / "settings.toml").gate is not None


def test_a_torn_file_counts_for_nothing(tmp_path: Path) -> None:
    settings_of(tmp_path, "gate")
    (tmp_path / FILE).write_bytes(b'{"now": {"number": 7, "con')
    assert Configured(tmp_path).kept.now == Version()
    assert read_settings(tmp_path / "settings.toml").gate is not None


WRITER = """
import sys
from pathlib import Path
from samut_edge.configured import Configured, Version
configured = Configured(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    configured.take(Version(number=number, content={"parts": {}, "gate": {"directions": {"r" * 200: "in"}}}), ())
    configured.confirm()
    print(number, flush=True)
"""


def test_a_kill_at_any_moment_leaves_one_whole(tmp_path: Path) -> None:
    for round_number in range(8):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(3 + 7 * round_number):
            process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
        json.loads((tmp_path / FILE).read_bytes())
        assert Configured(tmp_path).kept.now.number > 0


def test_a_full_disk_leaves_the_one_before(tmp_path: Path) -> None:
    configured = Configured(tmp_path)
    configured.take(SLOW_GATE, ())
    configured.confirm()
    (tmp_path / f"{FILE}.part").symlink_to("/dev/full")
    with pytest.raises(SettingsError, match="Make room"):
        configured.take(Version(number=8, content={}), ())
    assert Configured(tmp_path).kept.now == SLOW_GATE


def full(folder: Path) -> Path:
    """From now on the file cannot be written, until this is removed."""
    part = folder / f"{FILE}.part"
    part.symlink_to("/dev/full")
    return part


def test_a_start_that_a_full_disk_does_not_count_is_by_the_one_before(tmp_path: Path) -> None:
    own = settings_of(tmp_path, "gate")
    Configured(tmp_path).take(SLOW_GATE, ())
    no_room = full(tmp_path)
    configured = Configured(tmp_path)
    configured.begin()
    assert (configured.kept.now, configured.kept.refused) == (Version(), 7)
    assert read_settings(tmp_path / "settings.toml", configured.kept) == own
    no_room.unlink()
    again = Configured(tmp_path)
    again.begin()
    assert (again.kept.now, again.is_on_trial) == (SLOW_GATE, True)


def test_what_a_full_disk_does_not_take_holds_until_the_agent_ends(tmp_path: Path) -> None:
    configured = Configured(tmp_path)
    configured.take(SLOW_GATE, ())
    no_room = full(tmp_path)
    configured.confirm()
    assert (configured.kept.now, configured.is_on_trial) == (SLOW_GATE, False)
    assert Configured(tmp_path).is_on_trial
    no_room.unlink()
    configured.confirm()
    assert not Configured(tmp_path).is_on_trial


def told_by(configured: Configured, wanted: m.DeviceConfigured) -> list[tuple[int, int, str]]:
    """By what the device works, what it refused and why, each time it says so."""
    said: list[tuple[int, int, str]] = []

    async def tell() -> None:
        said.append((configured.kept.now.number, configured.kept.refused, configured.kept.fault))

    asyncio.run(SettingUp(configured, "gate", dict, tell).take(wanted))
    return said


@pytest.mark.requirement("H-16")
def test_the_settings_file_that_was_given_up_is_refused_again(tmp_path: Path) -> None:
    configured = Configured(tmp_path)
    assert configured.kept.refused == NONE_REFUSED
    configured.take(SLOW_GATE, ())
    configured.confirm()
    configured.take(Version(), ())
    configured.give_up("the reader is gone")
    back = Configured(tmp_path)
    wanted = m.DeviceConfigured(by="", version=0, content=None)
    assert told_by(back, wanted) == [(7, 0, "the reader is gone")]
    assert not Configured(tmp_path).is_on_trial


def test_a_settings_file_on_trial_that_cannot_be_read_is_given_up_at_once(tmp_path: Path) -> None:
    configured = Configured(tmp_path)
    configured.take(SLOW_GATE, ())
    configured.confirm()
    configured.take(Version(), ())
    assert configured.fall_back("wings")
    assert (configured.kept.now, configured.kept.refused) == (SLOW_GATE, 0)


def test_a_configuration_for_which_there_is_no_room_is_refused_and_the_device_goes_on(tmp_path: Path) -> None:
    configured = Configured(tmp_path)
    no_room = full(tmp_path)
    wanted = m.DeviceConfigured(by="", version=8, content={"gate": {"directions": {}}, "parts": {}})
    ((works_by, refused, fault),) = told_by(configured, wanted)
    assert (works_by, refused) == (0, 8)
    assert "Make room" in fault
    no_room.unlink()
    assert Configured(tmp_path).kept.refused == NONE_REFUSED, "after its next start it tries"


class Trial:
    """A trial whose parts and link the test moves."""

    def __init__(self, folder: Path) -> None:
        self.configured = Configured(folder)
        self.configured.take(SLOW_GATE, ("reader", "gone"))
        self.states = {"reader": PartState.OFFLINE, "new": PartState.OFFLINE}
        self.is_connected = False
        self.ended = 0

    def end(self) -> None:
        self.ended += 1

    async def run(self) -> None:
        await try_out(self.configured, lambda: self.states, lambda: self.is_connected, self.end)


def test_it_stays_once_the_hub_is_there_and_what_worked_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samut_edge.trial.LOOK_SECONDS", 0.01)
    trial = Trial(tmp_path)
    asyncio.run(recover(trial))
    assert (trial.configured.is_on_trial, trial.configured.kept.now, trial.ended) == (False, SLOW_GATE, 0)


async def recover(trial: Trial) -> None:
    """Reader and hub come a moment after the start."""
    running = asyncio.create_task(trial.run())
    await asyncio.sleep(0.05)
    assert trial.configured.is_on_trial
    trial.is_connected, trial.states["reader"] = True, PartState.PAPER_OUT
    await asyncio.wait_for(running, 5)


@pytest.mark.parametrize(
    ("waits", "works", "named"), [("FOR_PARTS", False, "reader"), ("FOR_HUB", True, "hub was not reached")]
)
def test_it_is_given_up_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: str, works: bool, named: str
) -> None:
    monkeypatch.setattr("samut_edge.trial.LOOK_SECONDS", 0.01)
    monkeypatch.setattr(f"samut_edge.trial.{waits}", 0.05)
    trial = Trial(tmp_path)
    trial.is_connected = not works
    trial.states["reader"] = PartState.READY if works else PartState.OFFLINE
    asyncio.run(asyncio.wait_for(trial.run(), 5))
    assert trial.ended == 1
    assert (trial.configured.kept.now, trial.configured.kept.refused) == (Version(), 7)
    assert named in trial.configured.kept.fault


def test_a_printer_without_paper_works() -> None:
    states = {"a": PartState.READY, "b": PartState.PAPER_OUT, "c": PartState.OFFLINE, "d": PartState.UNKNOWN}
    assert working(states) == ("a", "b")
