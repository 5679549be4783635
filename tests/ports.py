"""TCP ports of 127.0.0.1 for what tests start, below those that the system gives to outgoing connections.

A port that was merely seen to be free may be somebody's a second later: another test's, or the near end of any
connection. So each process of the tests keeps a block of ports to itself as long as it lives.
"""

import fcntl
import itertools
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

FIRST, LAST, BLOCK = 10_000, 32_000, 100

_kept: dict[int, tuple[IO[bytes], Iterator[int]]] = {}


def free_port() -> int:
    """A port that nobody listens on and no other test will be given."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of so many ports in a row, at most 50; the same come again when all of the block were given."""
    ports = _own_ports()
    for _ in range(2 * BLOCK):
        first = next(ports)
        if first % BLOCK + count <= BLOCK and all(map(_is_free, range(first, first + count))):
            for _ in range(count - 1):
                next(ports)
            return first
    raise RuntimeError(f"no {count} free ports in a row are left in this process's block")


def _own_ports() -> Iterator[int]:
    """Keyed by process, as a child that was forked has its parent's memory but must not share its ports."""
    if os.getpid() not in _kept:
        _kept[os.getpid()] = _keep_a_block()
    return _kept[os.getpid()][1]


def _keep_a_block() -> tuple[IO[bytes], Iterator[int]]:
    folder = Path(tempfile.gettempdir()) / f"samut-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for first in range(FIRST, LAST, BLOCK):
        lock = (folder / str(first)).open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return lock, itertools.cycle(range(first, first + BLOCK))
    raise RuntimeError("all blocks of ports are kept by running tests")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
