"""A device joins: what it makes of what the hub, or somebody in its place, answers; also after a kill."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from samut_edge.identity import PAIR_FILE, note_meeting, pair_of
from samut_edge.joining import CLAIM_FILE, KEY_FILE, Joiner, JoinError, JoinFault
from samut_edge.joining_page import join_anew, wait_until_joined
from samut_edge.settings import read_settings
from samut_wire.joining import ClaimCode
from tests.edge.drivers.heard import story
from tests.edge.hub_side import HubSide, certificate, pem
from tests.ports import free_port

TOKEN = "K7QF2M9XPD4R"
SECRETS = {"ca.crt", "snapshot.pub", "card.key", PAIR_FILE, "settings.toml"}
KILLED_AT = """
import asyncio, os, signal, sys
from pathlib import Path
from samut_edge.joining import Joiner
from samut_wire.joining import read_code
left = int(sys.argv[1])
def count(event, arguments):
    global left
    if event in ("os.rename", "os.remove"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
asyncio.run(Joiner(Path(sys.argv[2])).join(read_code(sys.argv[3])))
"""


def code_for(server: TestServer, fingerprint: str = "") -> ClaimCode:
    return ClaimCode(f"http://127.0.0.1:{server.port}", TOKEN, fingerprint)


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def belong_together(folder: Path) -> bool:
    both = (folder / PAIR_FILE).read_bytes()
    key = serialization.load_pem_private_key(both, None)
    return x509.load_pem_x509_certificate(both).public_key() == key.public_key()


def name_in(request: str) -> str:
    """Whom the request for a certificate is of; empty where it does not say."""
    names = x509.load_pem_x509_csr(request.encode()).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


async def fault_of(joiner: Joiner, code: ClaimCode) -> JoinFault:
    with pytest.raises(JoinError) as error:
        await joiner.join(code)
    return error.value.fault


@pytest.mark.requirement("H-15")
@story
async def test_a_device_that_joined_has_all_it_needs_for_its_own_eyes(tmp_path: Path) -> None:
    hub, folder = HubSide(), tmp_path / "device"
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        assert await Joiner(folder / "settings.toml").join(code_for(server, hub.fingerprint)) == "kiosk-1"
    assert files_of(folder) == SECRETS
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert belong_together(folder)
    assert pair_of(read_settings(folder / "settings.toml")).certificate == folder / PAIR_FILE
    assert b"PRIVATE" not in hub.asked[0].request.encode()


@story
async def test_an_answer_that_broke_off_is_asked_for_again_with_the_same_key(tmp_path: Path) -> None:
    hub = HubSide()
    hub.drops = 1
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        joiner, code = Joiner(tmp_path / "settings.toml"), code_for(server)
        assert await fault_of(joiner, code) is JoinFault.AWAY
        assert joiner.code_in([joiner.own_file]) == code, "it goes on by itself, also after a power cut"
        assert await joiner.join(code) == "kiosk-1"
    first, second = (x509.load_pem_x509_csr(asked.request.encode()) for asked in hub.asked)
    assert first.public_key() == second.public_key()


@pytest.mark.requirement("H-15")
@story
async def test_somebody_in_the_hubs_place_is_not_believed(tmp_path: Path) -> None:
    hub, impostor = HubSide(), HubSide()
    joiner = Joiner(tmp_path / "settings.toml")
    async with TestServer(impostor.app(), host="127.0.0.1") as server:
        assert await fault_of(joiner, code_for(server, hub.fingerprint)) is JoinFault.IMPOSTOR
        impostor.authority = hub.authority
        assert await fault_of(joiner, code_for(server, hub.fingerprint)) is JoinFault.IMPOSTOR
    assert files_of(tmp_path) == {KEY_FILE}


@pytest.mark.parametrize("fault", ["unknown", "expired", "used", "too_often", "refused"])
@story
async def test_a_code_that_is_refused_is_not_kept(tmp_path: Path, fault: str) -> None:
    hub = HubSide()
    hub.refuses = fault
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        assert await fault_of(Joiner(tmp_path / "settings.toml"), code_for(server)) == fault
    assert files_of(tmp_path) == {KEY_FILE}


@story
async def test_a_device_that_has_joined_takes_no_code_of_another_hub_or_device(tmp_path: Path) -> None:
    hub, joiner = HubSide(), Joiner(tmp_path / "settings.toml")
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        await joiner.join(code_for(server))
        note_meeting(tmp_path)
        before = {name: (tmp_path / name).read_bytes() for name in SECRETS}
        hub.device = "gate-1"
        assert await fault_of(joiner, code_for(server)) is JoinFault.OTHER_DEVICE
    other = HubSide()
    async with TestServer(other.app(), host="127.0.0.1") as server:
        assert await fault_of(joiner, code_for(server, other.fingerprint)) is JoinFault.IMPOSTOR
    assert {name: (tmp_path / name).read_bytes() for name in SECRETS} == before
    assert [name_in(asked.request) for asked in hub.asked] == ["", "kiosk-1"], "by which its hub refuses it as well"


@pytest.mark.requirement("H-15")
@story
async def test_until_its_hub_has_answered_a_device_can_be_joined_by_its_owner(tmp_path: Path) -> None:
    """A pupil was quicker, with a hub of his own."""
    pupil, owner, path = HubSide(), HubSide("gate-1"), tmp_path / "settings.toml"
    async with TestServer(pupil.app(), host="127.0.0.1") as server:
        await Joiner(path).join(code_for(server))
    async with TestServer(owner.app(), host="127.0.0.1") as server:
        (tmp_path / "card.txt").write_text(str(code_for(server, owner.fingerprint)))
        await join_anew(path, tmp_path / "card.txt")
        assert Joiner(path).code_in([Joiner(path).own_file]) is None
    assert read_settings(path).device == "gate-1"
    assert belong_together(tmp_path)
    assert (tmp_path / "ca.crt").read_text() == pem(owner.authority)
    assert name_in(owner.asked[0].request) == ""


@story
async def test_a_device_that_its_hub_has_answered_passes_over_the_code_on_its_card(tmp_path: Path) -> None:
    hub, path = HubSide(), tmp_path / "settings.toml"
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        await Joiner(path).join(code_for(server))
        note_meeting(tmp_path)
        (tmp_path / "card.txt").write_text(str(code_for(server)))
        await join_anew(path, tmp_path / "card.txt")
    assert len(hub.asked) == 1


@story
async def test_a_code_that_waits_is_not_lost_for_another_that_was_typed(tmp_path: Path) -> None:
    hub, joiner = HubSide(), Joiner(tmp_path / "settings.toml")
    away, nowhere = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
    waiting, typed = ClaimCode(away, TOKEN), ClaimCode(nowhere, TOKEN)
    for code in (waiting, typed, waiting, typed):
        assert await fault_of(joiner, code) is JoinFault.AWAY
    assert list(joiner.codes_in(joiner.own_files)) == [waiting, typed]
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        hub.refuses = "unknown"
        assert await fault_of(joiner, code_for(server)) is JoinFault.UNKNOWN
        assert list(joiner.codes_in(joiner.own_files)) == [waiting, typed]
        hub.refuses = ""
        await joiner.join(code_for(server))
    assert files_of(tmp_path) == SECRETS


@story
async def test_a_code_on_the_card_counts_also_behind_one_whose_hub_is_away(tmp_path: Path) -> None:
    hub, path, claim = HubSide(), tmp_path / "device" / "settings.toml", tmp_path / "claim.txt"
    path.parent.mkdir()
    (path.parent / CLAIM_FILE).write_text(f"http://127.0.0.1:{free_port()} {TOKEN}")
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        claim.write_text(str(code_for(server)))
        async with asyncio.timeout(20):
            await wait_until_joined(path, claim=claim, host="127.0.0.1", port=free_port())
    assert files_of(path.parent) == SECRETS


@story
async def test_joining_again_keeps_the_corrected_settings_and_uses_the_new_certificate(tmp_path: Path) -> None:
    hub, path = HubSide(), tmp_path / "settings.toml"
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        await Joiner(path).join(code_for(server))
        path.write_text(path.read_text().replace("[kiosk]", "[kiosk]\nidle_seconds = 7.0"))
        before = (tmp_path / PAIR_FILE).read_bytes()
        await Joiner(path).join(code_for(server))
    assert "idle_seconds = 7.0" in path.read_text()
    assert (tmp_path / PAIR_FILE).read_bytes() != before
    assert belong_together(tmp_path)


@story
async def test_of_two_pairs_the_one_that_ends_later_counts(tmp_path: Path) -> None:
    hub, path = HubSide(), tmp_path / "settings.toml"
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        await Joiner(path).join(code_for(server))
    settings = read_settings(path)
    key = ec.generate_private_key(ec.SECP256R1())
    ends_at = pair_of(settings).ends_at.replace(year=2035)
    (tmp_path / "device.crt").write_text(pem(certificate("kiosk-1", key.public_key(), "a", hub.key, ends_at)))
    assert pair_of(settings).certificate == tmp_path / "device.crt"


@pytest.mark.parametrize("writes", range(8))
@story
async def test_a_kill_between_two_writes_leaves_a_device_that_goes_on_joining(tmp_path: Path, writes: int) -> None:
    hub, path = HubSide(), tmp_path / "settings.toml"
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", KILLED_AT, str(writes), str(path), str(code_for(server)), stderr=subprocess.DEVNULL
        )
        assert await killed.wait() == -signal.SIGKILL
        joiner = Joiner(path)
        if writes > 6:
            assert belong_together(tmp_path)
        code = joiner.code_in([joiner.own_file])
        assert code is not None or writes == 0 or joiner.has_joined
        await joiner.join(code or code_for(server))
    assert files_of(tmp_path) - {KEY_FILE, f"{KEY_FILE}.part", f"{CLAIM_FILE}.part"} == SECRETS
    assert belong_together(tmp_path)


@pytest.mark.parametrize("way", ["typed", "file"])
@story
async def test_the_code_is_typed_on_the_devices_page_or_found_in_a_file(tmp_path: Path, way: str) -> None:
    hub, path, port = HubSide(), tmp_path / "device" / "settings.toml", free_port()
    page, claim = f"http://127.0.0.1:{port}/join", tmp_path / "boot" / "claim.txt"
    async with TestServer(hub.app(), host="127.0.0.1") as server:
        waiting = asyncio.create_task(wait_until_joined(path, claim=claim, host="127.0.0.1", port=port))
        async with ClientSession() as browser:
            await until_served(browser, page)
            if way == "file":
                claim.parent.mkdir()
                claim.write_text(f"{code_for(server, hub.fingerprint)}\r\n")
            else:
                await type_on(browser, page, server)
        await waiting
    assert files_of(path.parent) == SECRETS


async def until_served(browser: ClientSession, page: str) -> None:
    for _ in range(200):
        try:
            async with browser.get(page) as answer:
                assert "Join the library" in await answer.text()
                return
        except OSError:
            await asyncio.sleep(0.02)


async def type_on(browser: ClientSession, page: str, server: TestServer) -> None:
    """Wrongly, from a strange page, then rightly, as a person does."""
    origin = {"Origin": page.removesuffix("/join")}
    async with browser.post(page, data={"code": "K7QF"}, headers=origin) as answer:
        assert answer.status == 422
        assert "This is no code" in await answer.text()
    typed = {"code": "k7qf-2m9x-pd4r", "url": f"http://127.0.0.1:{server.port}"}
    async with browser.post(page, data=typed, headers={"Origin": "http://evil.example"}) as answer:
        assert answer.status == 403
    async with browser.post(page, data=typed, headers=origin) as answer:
        assert "Joined as kiosk-1" in await answer.text()
