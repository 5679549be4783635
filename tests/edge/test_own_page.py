"""A page of elsewhere cannot pass for one of the device's own, by whatever name it reaches the device."""

import socket
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout, web
from aiohttp.test_utils import TestClient, TestServer

from samut_edge.own_page import only_by_own_name
from tests.edge.drivers.heard import story
from tests.edge.running_agent import running, settings_of

PATHS = {
    "kiosk": ("/", "/ws", "/assets/index.js"),
    "gate": ("/", "/gate/events", "/gate/gate.js"),
    "desk": ("/", "/desk/ws", "/desk/desk.js"),
    "bench": ("/bench", "/bench/state", "/bench/events", "/bench/slips/printer/1.png", "/bench/bench.js"),
}
QUICK = ClientTimeout(total=5)


@pytest.mark.parametrize("role", ["kiosk", "gate", "desk"])
@story
async def test_whoever_calls_the_device_by_a_strange_name_is_told_nothing(tmp_path: Path, role: str) -> None:
    settings = settings_of(tmp_path, role, virtual=True)
    strange = f"evil.example:{settings.page_port}"
    async with running(settings) as address, ClientSession(timeout=QUICK) as browser:
        for path in (*PATHS[role], *PATHS["bench"], "/nothing/here"):
            headers = {"Host": strange, "Origin": f"http://{strange}"}
            async with browser.get(address + path, headers=headers) as answer:
                assert (path, answer.status) == (path, 403)
                assert "own host name" in await answer.text()


@pytest.mark.parametrize("role", ["kiosk", "gate", "desk"])
@story
async def test_the_device_is_reached_by_its_address_and_its_own_names(tmp_path: Path, role: str) -> None:
    settings = settings_of(tmp_path, role)
    async with running(settings) as address, ClientSession(timeout=QUICK) as browser:
        for host in ("127.0.0.1", "localhost", socket.gethostname().upper(), "192.168.1.20"):
            async with browser.get(address, headers={"Host": f"{host}:{settings.page_port}"}) as answer:
                assert answer.status != 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("Gate.School.Example", 200),
        ("gate.school.example:8490", 200),
        ("[::1]:8490", 200),
        ("school.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example", 403),
        ("[::1", 403),
        ("", 403),
    ],
)
@story
async def test_the_name_in_the_settings_is_one_of_its_own(host: str, status: int) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application(middlewares=[only_by_own_name("gate.school.example")])
    app.add_routes([web.get("/", page)])
    async with TestClient(TestServer(app)) as browser:
        answer = await browser.get("/", headers={"Host": host})
        assert answer.status == status
