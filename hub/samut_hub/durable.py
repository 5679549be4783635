"""Files that outlive a power cut: their content is on the disk before their name is."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO


def write(path: Path, content: bytes) -> None:
    """The whole file or none; its folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix="new.", delete=False) as new:
        new.write(content)
        sync(new)
    put_in_place(Path(new.name), path)


def sync(file: IO[bytes]) -> None:
    """Wait until the disk has what was written."""
    file.flush()
    os.fsync(file.fileno())


def put_in_place(written: Path, path: Path) -> None:
    """Give a file that was written and synced its name; the folders know it when this returns."""
    written.replace(path)
    for folder in (path.parent, path.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
