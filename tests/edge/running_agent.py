"""A whole agent in this process, without hardware and with its hub away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from samut_edge.agent import Agent
from samut_edge.settings import Settings, read_settings
from tests.ports import free_port

ROLES = {"gate": "[gate]\ndirections = {}\n", "kiosk": "[kiosk]\n", "desk": "[desk]\n"}


def settings_of(folder: Path, role: str = "kiosk", *, virtual: bool = False) -> Settings:
    for secret in ("card.key", "snapshot.pub"):
        (folder / secret).write_bytes(bytes(32))
    (folder / "bench.json").write_text('{"cards": [], "items": []}')
    (folder / "settings.toml").write_text(
        f'device = "{role}-1"\nrole = "{role}"\npage_host = "127.0.0.1"\npage_port = {free_port()}\n'
        f"virtual = {str(virtual).lower()}\n"
        f'[hub]\nhost = "127.0.0.1"\nmqtt_port = {free_port()}\nurl = "http://127.0.0.1:{free_port()}"\n'
        f"[parts]\n{ROLES[role]}"
    )
    return read_settings(folder / "settings.toml")


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[str]:
    """The agent at work; yields the address of its page."""
    address = f"http://127.0.0.1:{settings.page_port}"
    agent = asyncio.create_task(Agent(settings).run())
    try:
        await _until_served(address, agent)
        yield address
    finally:
        agent.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await agent


async def _until_served(address: str, agent: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(20), aiohttp.ClientSession() as browser:
        while not agent.done():
            with contextlib.suppress(aiohttp.ClientConnectionError):
                async with browser.get(address):
                    return
            await asyncio.sleep(0.02)
