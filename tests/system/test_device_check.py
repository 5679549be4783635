"""`samut-edge check` against a real broker: does the certificate that the hub gave still open its door?"""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from samut_edge.check import check
from samut_edge.check_hub import check_broker
from samut_edge.clock import utc_now
from samut_edge.found import Found, Verdict
from samut_edge.settings import read_settings
from samut_hub.fleet.certificates import make_authority
from tests.system.lone_broker import LoneBroker
from tests.system.world import wait_until

pytestmark = pytest.mark.requirement("H-20")


@pytest.fixture
def device(broker: LoneBroker, tmp_path: Path) -> Path:
    """The folder of gate-1 with what the hub made for it."""
    folder = tmp_path / "device"
    folder.mkdir()
    broker.device("gate-1")
    for suffix in (".crt", ".key"):
        shutil.copy((broker.config.home / "gate-1").with_suffix(suffix), folder / f"device{suffix}")
    shutil.copy(broker.config.secrets / "ca.crt", folder)
    (folder / "settings.toml").write_text(
        'device = "gate-1"\nrole = "gate"\n[gate]\ndirections = {}\n[parts]\n'
        f'[hub]\nhost = "127.0.0.1"\nmqtt_port = {broker.config.mqtt_port}\nurl = "http://127.0.0.1:1"\n'
    )
    return folder


def knock(device: Path) -> Found:
    return asyncio.run(check_broker(read_settings(device / "settings.toml"), 5))


def test_the_broker_takes_the_device_until_it_is_revoked_or_away(broker: LoneBroker, device: Path) -> None:
    found = knock(device)
    assert found.verdict is Verdict.OK
    assert "TLSv1.3" in found.seen
    broker.revoke("gate-1")
    wait_until("the revoked device is refused", lambda: knock(device).verdict is Verdict.FAIL, 10)
    assert "refuses this device" in knock(device).seen
    broker.stop()
    assert "firewall" in knock(device).to_do


def test_another_hub_behind_the_same_address_is_noticed(device: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    make_authority(other, utc_now(), ("127.0.0.1",))
    shutil.copy(other / "ca.crt", device)
    found = knock(device)
    assert found.verdict is Verdict.FAIL
    assert "Is this the hub" in found.to_do


@pytest.mark.parametrize(
    ("days", "verdict"), [(0, Verdict.OK), (-10, Verdict.WARN), (5, Verdict.FAIL)], ids=["new", "ends soon", "ended"]
)
def test_the_days_that_a_certificate_has_left_are_told(device: Path, days: int, verdict: Verdict) -> None:
    from samut_edge.identity import pair_of

    settings = read_settings(device / "settings.toml")
    moment = pair_of(settings).ends_at + timedelta(days=days) if days else utc_now()
    found = asyncio.run(check(settings, seconds=1, clock=lambda: moment))
    certificate = next(one for one in found if one.what == "certificate")
    assert certificate.verdict is verdict
