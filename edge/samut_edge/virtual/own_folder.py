"""A temporary folder that belongs to this process, and is swept away by the next one when this one is killed."""

import atexit
import functools
import os
import re
import shutil
import tempfile
from pathlib import Path

NAME = re.compile(r"samut-bench-(\d+)-")


@functools.cache
def own_folder() -> Path:
    """The same folder for the whole life of the process: libpcsclite remembers its first socket path for good."""
    _sweep(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=f"samut-bench-{os.getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _sweep(place: Path) -> None:
    for folder in place.glob("samut-bench-*"):
        process = NAME.match(folder.name)
        if process and not Path("/proc", process[1]).exists() and _is_mine(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_mine(folder: Path) -> bool:
    try:
        return folder.stat().st_uid == os.getuid()
    except FileNotFoundError:  # another process was quicker
        return False
