"""Command that brings the titles and items of the first version up to date."""

from collections.abc import Callable
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.authorities.refilling import arrange_items, refill_titles
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.libraries.models import Library

Part = Callable[[Session, int], int | None]


@click.command("relink")
@click.pass_obj
def relink_titles(config: Config) -> None:
    """Fill what titles and items of the first version lack: once, after the upgrade.

    Titles get their headings and what else follows from their records, items their places on the shelf. It can be
    stopped and started again, and goes on beside a hub that is in use.
    """
    database = Database(config.database_url)
    try:
        with database.session(None, writes=False) as session:
            libraries = session.scalars(select(Library.id).order_by(Library.id)).all()
        _go_through(database, None, lambda session, last: refill_titles(session, last, now=datetime.now(UTC)))
        for library_id in libraries:
            _go_through(database, library_id, arrange_items)
    finally:
        database.close()
    click.echo("\nEvery title has its headings, and every item its place on the shelf.")


def _go_through(database: Database, library_id: int | None, part: Part) -> None:
    """Each part in a transaction of its own."""
    what, last = "Titles" if library_id is None else f"Items of library {library_id}", 0
    while (some := _next(database, library_id, part, last)) is not None:
        last = some
        click.echo(f"\r{what} up to no. {last} are done.", nl=False, err=True)


def _next(database: Database, library_id: int | None, part: Part, last: int) -> int | None:
    with database.session(library_id) as session:
        return part(session, last)
