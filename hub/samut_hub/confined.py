"""Parse what comes from outside in a child process of little memory and time: there it breaks nothing.

The child has no secrets in its environment, and no more memory, time and room for what it writes than it is given.
It runs as the hub's own user: these limits hold a parser that goes astray, not a program that took its place.
"""

import importlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from enum import StrEnum

LARGEST_ANSWER = 256 * 1024 * 1024
_MEGABYTE = 1024 * 1024
_REFUSED, _TOO_BIG = 3, 4


class Fault(StrEnum):
    """Why there is no answer: it took too long, needed too much memory or room, or the content is not right."""

    TOO_LONG = "too_long"
    TOO_BIG = "too_big"
    FAILED = "failed"


class ConfinedError(Exception):
    """`detail` is what the function said with a ValueError, else empty."""

    def __init__(self, reason: Fault, detail: str = "") -> None:
        super().__init__(detail or reason.value)
        self.reason = reason
        self.detail = detail


def call(
    function: Callable[..., bytes], *args: str, stdin: bytes = b"", seconds: int = 20, megabytes: int = 512
) -> bytes:
    """What `function(*args, stdin=stdin)` answers, a function at the top of a module. Raises ConfinedError.

    `seconds` are of the processor and, doubled, of the clock. A ValueError of the function is the way to refuse.
    """
    name = f"{function.__module__}:{function.__qualname__}"
    command = [sys.executable, "-E", "-s", "-m", "samut_hub.confined", str(seconds), str(megabytes), name, *args]
    with tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(
                command,
                input=stdin,
                stdout=answer,
                stderr=subprocess.PIPE,
                timeout=2 * seconds,
                check=False,
                env=_environment(),
            )
        except subprocess.TimeoutExpired:
            raise ConfinedError(Fault.TOO_LONG) from None
        if done.returncode:
            raise _error(done.returncode, done.stderr)
        answer.seek(0)
        return answer.read()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR")}


def _error(status: int, said: bytes) -> ConfinedError:
    if status == _REFUSED:
        return ConfinedError(Fault.FAILED, said.decode(errors="replace").strip())
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return ConfinedError(Fault.TOO_LONG)
    if status in (_TOO_BIG, -signal.SIGXFSZ):
        return ConfinedError(Fault.TOO_BIG)
    return ConfinedError(Fault.FAILED)


def _limit(seconds: int, megabytes: int) -> None:
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes * _MEGABYTE),
        (resource.RLIMIT_FSIZE, LARGEST_ANSWER),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _main(seconds: str, megabytes: str, name: str, *args: str) -> int:
    stdin = sys.stdin.buffer.read()
    module, _, function = name.partition(":")
    ready = getattr(importlib.import_module(module), function)
    _limit(int(seconds), int(megabytes))
    try:
        answer = ready(*args, stdin=stdin)
    except MemoryError:
        return _TOO_BIG
    except ValueError as refusal:
        sys.stderr.write(str(refusal))
        return _REFUSED
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
