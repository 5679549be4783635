"""Files that people hand over, kept in the hub's home under their own digest and never under a name from outside."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from samut_hub import durable

_CHUNK = 1 << 20
_NAME_LENGTH = 150


class FileTooLargeError(Exception):
    """It has more bytes than are taken."""


@dataclass(frozen=True)
class Stored:
    """A file in the hub's home."""

    path: Path
    digest: str
    size: int


def store(folder: Path, file: BinaryIO, *, most: int) -> Stored:
    """Write the file under its own digest, in memory that does not grow with it. Raises FileTooLargeError."""
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as out:
        try:
            while chunk := file.read(_CHUNK):
                size = _grown(size, len(chunk), most)
                digest.update(chunk)
                out.write(chunk)
            durable.sync(out)
        except BaseException:
            Path(out.name).unlink()
            raise
    path = folder / digest.hexdigest()
    durable.put_in_place(Path(out.name), path)
    return Stored(path, digest.hexdigest(), size)


def shown_name(file_name: str) -> str:
    """What a person called the file, to be shown and nothing else."""
    name = "".join(letter for letter in file_name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return name[:_NAME_LENGTH] or "-"


def _grown(size: int, more: int, most: int) -> int:
    if size + more > most:
        raise FileTooLargeError
    return size + more
