"""How much room the outbox may take, and how near it is to that."""

import os
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Fill(StrEnum):
    """How much of its room the outbox has taken."""

    NORMAL = ""
    LONG = "long"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Room:
    """From `long_from` events on people are warned; with `most`, or less than `free_bytes` left on the disk, nothing
    is lent and people who pass are counted only. What must be kept all the same, as a return, is still taken."""

    long_from: int = 5_000
    most: int = 20_000
    free_bytes: int = 30_000_000

    def taken_by(self, events: int, folder: Path) -> Fill:
        """How full it is with so many events, in this folder."""
        disk = os.statvfs(folder)
        if events >= self.most or disk.f_bavail * disk.f_frsize < self.free_bytes:
            return Fill.FULL
        return Fill.LONG if events >= self.long_from else Fill.NORMAL


ROOM = Room()


def is_full(error: sqlite3.Error) -> bool:
    """Whether the disk took no more, and nothing else is wrong with the file."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
