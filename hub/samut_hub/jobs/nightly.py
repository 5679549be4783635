"""What is worked out once a day, in a process of its own that gives way to those who wait at a desk.

It comes at night; for a hub that is switched off at night, in the hour after it was switched on.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

import samut_hub.models  # noqa: F401 — all tables, and what follows their changes
from samut_hub.circulation import nightly as lending
from samut_hub.config import Config, read_config
from samut_hub.db import Database
from samut_hub.fleet.noting import note_parted
from samut_hub.libraries.models import Library
from samut_hub.notices.gathering import gather
from samut_hub.opac.popularity import refresh
from samut_hub.privacy import service as privacy
from samut_hub.secrets import read_secret

NIGHT = range(1, 5)
_HERE = ZoneInfo("Asia/Bangkok")
_AT_NIGHT, _AT_MOST = timedelta(hours=12), timedelta(hours=26)
"""How long ago the last time must be at night, and at any hour."""
_LONGEST = 3600.0


def run_if_due(config: Config, now: datetime) -> None:
    """Start the process where it is time, and wait for it. Raises CalledProcessError when it failed."""
    if is_due(config, now):
        command = [sys.executable, "-m", "samut_hub.jobs.nightly", str(config.home)]
        subprocess.run(command, check=True, timeout=_LONGEST)


def is_due(config: Config, now: datetime) -> bool:
    done = _done(config)
    if not done.exists():
        return True
    since = now - datetime.fromtimestamp(done.stat().st_mtime, UTC)
    return since > (_AT_NIGHT if now.astimezone(_HERE).hour in NIGHT else _AT_MOST)


def main(home: Path) -> None:
    """The whole life of the process."""
    os.nice(10)
    config, now = read_config(home), datetime.now(UTC)
    database, secret = Database(config.database_url), read_secret(config, "card.key")
    refresh(database, now)
    with database.session(None, writes=False) as session:
        libraries = list(session.scalars(select(Library.id).order_by(Library.id)))
    for library_id in libraries:
        lending.run(database, library_id, now)
    for library_id in libraries:
        gather(database, library_id, now, secret)
    for library_id in libraries:
        loans, _visits = privacy.run(database, library_id, now)
        if loans:
            with database.session(library_id) as session:
                note_parted(session, library_id)
    database.close()
    note_done(config, now)


def note_done(config: Config, now: datetime) -> None:
    done = _done(config)
    done.touch()
    os.utime(done, (now.timestamp(), now.timestamp()))


def _done(config: Config) -> Path:
    return config.home / "nightly.done"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
