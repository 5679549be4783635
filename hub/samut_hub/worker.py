"""The worker: the door to the edge, what goes out to it and to members, the search index, and work by the clock.

One process of a few threads. When one of them dies the process ends, and whoever started it starts it anew.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.snapshots import forget_snapshots
from samut_hub.jobs.runner import Runner
from samut_hub.jobs.schedule import open_huey, schedule
from samut_hub.lasting import keep_what_is_loaded
from samut_hub.mqtt.door import Door
from samut_hub.mqtt.link import Link
from samut_hub.mqtt.outgoing import Outgoing
from samut_hub.notices.sending import Sender
from samut_hub.secrets import read_secret
from samut_wire.codec import Letter
from samut_wire.topics import Kind

log = logging.getLogger(__name__)

INDEX_PAUSE = 0.3


def utc_now() -> datetime:
    return datetime.now(UTC)


class Worker:
    """All that runs beside the pages. `start` returns; `run_jobs` keeps the main thread until a signal ends it."""

    def __init__(self, config: Config) -> None:
        self._database = Database(config.database_url)
        forget_snapshots(config)
        self._huey = open_huey(config)
        schedule(self._huey, config, self._database, utc_now)
        self._door = Door(
            self._database, utc_now, self._send, secret=read_secret(config, "card.key"), authority=config.secrets
        )
        self._link = Link(config, self._door.receive)
        self._outgoing = Outgoing(config, self._database, utc_now, send=self._send, wanted=self._door.replicas_wanted)
        self._indexer = Indexer(self._database, config.search_index)
        self._runner = Runner(config, self._database, utc_now)
        self._sender = Sender(config, self._database, read_secret(config, "card.key"), utc_now)
        self._stopped = threading.Event()

    def start(self) -> None:
        for name, work in (
            ("door", self._door.run),
            ("outgoing", self._outgoing.run),
            ("index", self._follow_titles),
            ("tasks", self._runner.run),
            ("notices", self._sender.run),
        ):
            threading.Thread(target=_or_die, args=(name, work), name=name, daemon=True).start()
        self._link.start()

    def run_jobs(self) -> None:
        """Huey's consumer; returns after SIGTERM or SIGINT."""
        self._huey.create_consumer(workers=1, worker_type="thread", graceful_signal="TERM").run()

    def stop(self) -> None:
        self._link.stop()
        self._door.stop()
        self._outgoing.stop()
        self._runner.stop()
        self._sender.stop()
        self._stopped.set()

    def _send(self, kind: Kind, device: str, letter: Letter) -> None:
        self._link.send(kind, device, letter)

    def _follow_titles(self) -> None:
        while not self._stopped.wait(INDEX_PAUSE):
            self._indexer.catch_up()


def run_worker(config: Config) -> None:
    """Run until told to end."""
    worker = Worker(config)
    keep_what_is_loaded()
    worker.start()
    try:
        worker.run_jobs()
    finally:
        worker.stop()


def _or_die(name: str, work: Callable[[], None]) -> None:
    """A worker without one of its threads would look alive and do nothing: better dead and started anew."""
    try:
        work()
    except BaseException:
        log.exception("the thread “%s” ended the worker", name)
        os.kill(os.getpid(), signal.SIGKILL)
