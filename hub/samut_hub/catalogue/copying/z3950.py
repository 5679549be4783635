"""Asking over Z39.50 with `zoomsh` of Debian's package yaz, as a program of its own with little time and room.

No shell is between, and words from people are without quotation marks and control characters (`policy.spoken`), so
each argument stays one command.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from samut_hub.catalogue.copying.policy import (
    MOST_BYTES,
    MOST_RECORDS,
    Address,
    Answer,
    Fault,
    TargetError,
    Wanted,
    pqf,
)

PROGRAM = "zoomsh"
_HITS = re.compile(rb"^\S+: (\d+) hits$", re.MULTILINE)
_HEAD = re.compile(rb"^\d+ database=\S* syntax=\S* schema=\S*\n", re.MULTILINE)
_ERROR = re.compile(rb"^\S+ error: (?P<said>.*) \((?P<set>[\w-]+):(?P<code>\d+)\) ?(?P<more>.*)$", re.MULTILINE)
_CONNECTION = {b"10000", b"10002", b"10004"}
_TIMEOUT = b"10007"
"""ZOOM's own errors: connect failed, encoding, connection lost; time-out (yaz/zoom.h)."""
_KILLED_AFTER = 1.0


def ask(target: Address, wanted: Wanted) -> Answer:
    """The first records that fit; raises TargetError."""
    commands = (
        f"set preferredRecordSyntax {target.syntax}",
        f"set timeout {target.timeout}",
        "set elementSetName F",
        f"set preferredMessageSize {MOST_BYTES}",
        f"set maximumRecordSize {MOST_BYTES}",
        f"connect tcp:{target.host}:{target.port}/{target.database}",
        f"search {pqf(wanted, target)}",
        f"show 0 {MOST_RECORDS} raw",
        "quit",
    )
    said = _run(commands, target.timeout)
    hits = _HITS.search(said)
    if hits is None:
        raise _fault(said)
    first, *records = _HEAD.split(said[hits.end() :])
    if int(hits[1]) and not records:
        raise _fault(first)
    return Answer(int(hits[1]), tuple(record.removesuffix(b"\n") for record in records))


def _run(commands: tuple[str, ...], timeout: int) -> bytes:
    """What the program writes, up to a limit that the kernel sets; its home is an empty folder."""
    limits = ("prlimit", f"--fsize={2 * MOST_BYTES}", f"--cpu={timeout + 2}", "--core=0", "--")
    with tempfile.TemporaryDirectory(prefix="samut-z3950-") as folder:
        out = Path(folder) / "out"
        environment = {"HOME": folder, "PATH": os.environ.get("PATH", os.defpath)}
        try:
            with out.open("wb") as file:
                done = subprocess.run(
                    [*limits, PROGRAM, *commands],
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    timeout=timeout + _KILLED_AFTER,
                    check=False,
                )
        except subprocess.TimeoutExpired:
            raise TargetError(Fault.TOO_SLOW) from None
        except FileNotFoundError:
            raise TargetError(Fault.NO_PROGRAM, PROGRAM) from None
        if done.returncode == 127:
            raise TargetError(Fault.NO_PROGRAM, PROGRAM)
        if done.returncode < 0 or out.stat().st_size >= 2 * MOST_BYTES:
            raise TargetError(Fault.TOO_BIG)
        return out.read_bytes()


def _fault(said: bytes) -> TargetError:
    found = _ERROR.search(said)
    if found is None:
        return TargetError(Fault.NOT_UNDERSTOOD)
    if found["code"] == _TIMEOUT:
        return TargetError(Fault.TOO_SLOW)
    if found["set"] == b"ZOOM" and found["code"] in _CONNECTION:
        return TargetError(Fault.UNREACHABLE)
    words = b" ".join(filter(None, (found["said"], found["more"]))).decode("utf-8", "replace")
    return TargetError(Fault.REFUSED, words)
