"""The command that fills a catalogue with made-up titles."""

import sys
from datetime import UTC, datetime

import click

from samut_hub.catalogue.synthetic.service import add_synthetic_titles
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.libraries.service import library_named


@click.command("sample-titles")
@click.argument("count", type=click.IntRange(1, 10_000_000))
@click.option("--library", "code", help="Whose items are added; needed when there is more than one library.")
@click.pass_obj
def sample_titles(config: Config, count: int, code: str | None) -> None:
    """Add COUNT made-up titles in Thai and English, for load tests. Never into a catalogue that is in use."""
    database = Database(config.database_url)
    try:
        with database.session(None, writes=False) as session:
            library_id = library_named(session, code).id
        with click.progressbar(length=count, label="Titles", file=sys.stderr) as bar:
            add_synthetic_titles(
                database, library_id, count, now=datetime.now(UTC), tell=lambda done: bar.update(done - bar.pos)
            )
    except NotFoundError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    finally:
        database.close()
    click.echo(f"{count} made-up titles added.")
