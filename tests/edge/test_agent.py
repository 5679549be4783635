"""An agent whose disk is not as it should be."""

from pathlib import Path

from aiohttp import ClientSession

from tests.edge.drivers.heard import story
from tests.edge.running_agent import running, settings_of


@story
async def test_an_agent_with_a_damaged_replica_starts_and_serves_its_page(tmp_path: Path) -> None:
    (tmp_path / "replica.db").write_bytes(b"this is no database " * 500)
    async with running(settings_of(tmp_path)) as address, ClientSession() as browser:
        async with browser.get(address) as answer:
            assert answer.status in (200, 503)
        assert (tmp_path / "replica.damaged").exists()
