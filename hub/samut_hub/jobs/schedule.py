"""Work that comes by the clock, run by Huey: rows are the truth, the queue only wakes.

SqliteHuey beside an SQLite database, PostgresHuey in PostgreSQL.
"""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from samut_hub.catalogue.imports import files
from samut_hub.catalogue.merging.service import follow_merges
from samut_hub.circulation.booking.service import lapse_unclaimed
from samut_hub.circulation.holds import expire_holds
from samut_hub.commands import Command
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.alerts import forget_alerts, watch
from samut_hub.fleet.desks.service import forget_reads
from samut_hub.fleet.joining.given import forget_ended
from samut_hub.fleet.joining.refusing import refuse_revoked
from samut_hub.fleet.logs import forget_logs
from samut_hub.fleet.replica import forget_old_changes
from samut_hub.jobs.nightly import run_if_due
from samut_hub.members.enrolling.service import forget_old as forget_readings
from samut_hub.members.importing import files as member_files
from samut_hub.members.models import MemberSession
from samut_hub.notices.service import forget_old as forget_old_notices
from samut_hub.staff.models import FailedSignIn, StaffSession
from samut_hub.staff.policy import LOCKED_FOR
from samut_hub.tasks import folder_of, forget_old_tasks
from samut_wire.loading import left_out

if TYPE_CHECKING:
    from huey import Huey

COMMANDS_KEPT = timedelta(days=180)
"""How long a device may be away and still find its repeated commands answered instead of carried out again."""


def open_huey(config: Config) -> "Huey":
    """The queue of this hub."""
    if config.database_url.startswith("sqlite"):
        with left_out("psycopg"):
            from huey import SqliteHuey
        return SqliteHuey("samut", filename=str(config.home / "jobs.db"), journal_mode="wal")
    from huey import PostgresHuey

    return PostgresHuey("samut", dsn=config.database_url)


def schedule(huey: "Huey", config: Config, database: Database, clock: Callable[[], datetime]) -> None:
    """Register what comes by the clock."""
    from huey import crontab

    def forget() -> None:
        forget_what_ended(database, clock())
        forget_tasks(config, database, clock())
        files.sweep(database, config, clock())
        member_files.sweep(database, config, clock())
        with database.session(None) as session:
            forget_old_notices(session, clock())
            forget_alerts(session, clock())
            forget_ended(session, clock())

    def work_out_popularity() -> None:
        run_if_due(config, clock())

    def move_merged() -> None:
        follow_merges(database, clock)

    def pass_on_uncollected() -> None:
        expire_holds(database, clock)

    def free_unclaimed() -> None:
        lapse_unclaimed(database, clock)

    def watch_devices() -> None:
        watch(database, clock)

    def shut_out_again() -> None:
        refuse_revoked(database, config, clock())

    def forget_what_was_read() -> None:
        with database.session(None) as session:
            forget_logs(session, clock())
            forget_readings(session, clock())
            forget_reads(session, clock())

    huey.periodic_task(crontab(minute="*"))(move_merged)
    huey.periodic_task(crontab(minute="*"))(forget_what_was_read)
    huey.periodic_task(crontab(minute="*"))(watch_devices)
    huey.periodic_task(crontab(minute="7"))(pass_on_uncollected)
    huey.periodic_task(crontab(minute="*/5"))(free_unclaimed)
    huey.periodic_task(crontab(minute="17"))(forget)
    huey.periodic_task(crontab(minute="27"))(shut_out_again)
    huey.periodic_task(crontab(minute="37"))(work_out_popularity)


def forget_what_ended(database: Database, now: datetime) -> None:
    """Sign-ins that ended or failed, commands nobody will repeat, changes every device has; short transactions."""
    for statement in (
        delete(StaffSession).where(StaffSession.expires_at < now),
        delete(MemberSession).where(MemberSession.expires_at < now),
        delete(FailedSignIn).where(FailedSignIn.at <= now - LOCKED_FOR),
        delete(Command).where(Command.at < now - COMMANDS_KEPT),
    ):
        with database.session(None) as session:
            session.execute(statement)
    with database.session(None) as session:
        forget_old_changes(session)


def forget_tasks(config: Config, database: Database, now: datetime) -> None:
    """Tasks that ended long ago, with the files they made."""
    with database.session(None) as session:
        gone = forget_old_tasks(session, now)
    for task_id in gone:
        shutil.rmtree(folder_of(config, task_id), ignore_errors=True)
