"""Command of the headings."""

from datetime import UTC, datetime

import click

from samut_hub.catalogue.authorities.service import relink
from samut_hub.config import Config
from samut_hub.db import Database


@click.command("relink")
@click.pass_obj
def relink_titles(config: Config) -> None:
    """Give every title the headings of its record: once, after an upgrade from a version without headings.

    It can be stopped and started again, and goes on beside a hub that is in use.
    """
    database, last, done = Database(config.database_url), 0, 0
    try:
        while (some := _next(database, last)) is not None:
            last, done = some, done + 1
            click.echo(f"\rTitles up to no. {last} have their headings.", nl=False, err=True)
    finally:
        database.close()
    click.echo("\nEvery title has its headings." if done else "There are no titles.")


def _next(database: Database, last: int) -> int | None:
    with database.session(None) as session:
        return relink(session, last, now=datetime.now(UTC))
