"""Fetching a snapshot from the hub, checking it and putting it to use."""

import asyncio
import logging
from http import HTTPStatus
from pathlib import Path

import aiohttp

from samut_edge.clock import kernel_is_synchronised
from samut_edge.replica import Replica, SnapshotError, check_snapshot, verified_header
from samut_edge.trust import trust
from samut_wire import messages as m
from samut_wire.errors import WireError

log = logging.getLogger(__name__)

FETCH_SECONDS = 300
PAUSES = (1, 2, 5, 15)
"""Seconds between tries while the hub's pages are not up yet; after that a new offer is asked for."""
PART = 1 << 16
SILENCE_SECONDS = 20
"""After so long without a byte the line is taken for broken."""


class SnapshotFetcher:
    """`base` is the hub's address as this device reaches it; `public_key` checks the hub's signature."""

    def __init__(self, replica: Replica, folder: Path, *, base: str, public_key: bytes) -> None:
        self._replica = replica
        self._folder = folder
        self._base = base.rstrip("/")
        self._public_key = public_key

    async def take(self, offer: m.SnapshotOffered) -> bool:
        """Whether the replica is now the one offered; a fault is logged and tried again a few times."""
        for pause in (*PAUSES, None):
            if await self._try(offer):
                return True
            if pause is not None:
                await asyncio.sleep(pause)
        return False

    async def _try(self, offer: m.SnapshotOffered) -> bool:
        try:
            header = verified_header(offer, self._public_key)
            await self._fetch_and_adopt(offer, header)
        except (SnapshotError, WireError, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("snapshot not taken: %s", error)
            return False
        return True

    async def _fetch_and_adopt(self, offer: m.SnapshotOffered, header: m.SnapshotHeader) -> None:
        """What came before the line broke stays, under the name of what is fetched, and the rest is asked for."""
        file = self._folder / f"snapshot-{header.sha256[:16]}.part"
        self._forget_parts(but=file)
        await self._fetch(offer.path, file)
        try:
            await asyncio.to_thread(check_snapshot, file, header)
            self._replica.adopt(await asyncio.to_thread(self._replica.build, file, header))
        finally:
            file.unlink(missing_ok=True)

    def _forget_parts(self, *, but: Path) -> None:
        for old in self._folder.glob("snapshot*.part"):
            if old != but:
                old.unlink()

    async def _fetch(self, path: str, file: Path) -> None:
        """The rest of the file (RFC 9110, section 14), or all of it where the hub answers with all."""
        there = file.stat().st_size if file.exists() else 0
        known = trust(knows_time=kernel_is_synchronised())
        limit = aiohttp.ClientTimeout(total=FETCH_SECONDS, sock_read=SILENCE_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=limit) as http,
            http.get(self._base + path, headers={"Range": f"bytes={there}-"} if there else {}, ssl=known) as answer,
        ):
            if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                return
            answer.raise_for_status()
            with file.open("ab" if answer.status == HTTPStatus.PARTIAL_CONTENT else "wb") as out:
                async for part in answer.content.iter_chunked(PART):
                    out.write(part)
