"""Commands of the catalogue."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from samut_hub.catalogue.imports.service import Refusals, batches, finish_import, refusals, start_import, take_in
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.records.splitting import NotMarcError
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.libraries.service import library_named

REASONS = {
    "no_leader": "it does not begin with the leader of a record",
    "truncated": "it is cut off",
    "no_end": "it has no end",
    "wrong_directory": "its directory does not fit its fields",
    "not_utf8": "it says it is UTF-8 and is not",
    "not_marc8": "it holds bytes that are not MARC-8",
    "unimarc": "it is UNIMARC, which is not read yet",
    "no_title": "it has no title (field 245)",
    "wrong_xml": "it is not right MARCXML",
}
_SHOWN_NUMBERS = 12


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--library", "code", help="Which library imports; needed when there is more than one.")
@click.pass_obj
def import_records(config: Config, file: Path, code: str | None) -> None:
    """Bring the records of FILE (MARC 21, ISO 2709, any coding) into the catalogue.

    Records that are there already are left as they are. Damaged ones are kept apart with their bytes and listed.
    """
    database = Database(config.database_url)
    try:
        run, refused = run_import(database, file, code)
    except (NotFoundError, NotMarcError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    finally:
        database.close()
    click.echo("\n".join(report(run, refused)))


def run_import(database: Database, file: Path, code: str | None) -> tuple[Import, list[Refusals]]:
    """Import the file, one transaction for each batch, with a progress bar."""
    with database.session(None, writes=False) as session:
        library_id = library_named(session, code).id
    with database.session(library_id) as session:
        run_id = start_import(session, file.name, now=datetime.now(UTC)).id
    size = file.stat().st_size
    with file.open("rb") as records, click.progressbar(length=size, label=file.name, file=sys.stderr) as bar:
        for batch in batches(records):
            with database.session(library_id) as session:
                take_in(session, run_id, batch, now=datetime.now(UTC))
            bar.update(batch.end - bar.pos)
    with database.session(library_id) as session:
        return finish_import(session, run_id, now=datetime.now(UTC)), refusals(session, run_id)


def report(run: Import, refused: Sequence[Refusals]) -> list[str]:
    """What came of the run, as lines."""
    lines = [f"{run.file_name}: {run.added} added, {run.already_there} already there, {run.refused} refused."]
    if refused:
        lines += [
            "",
            f"{'records':>8}  refused because",
            *map(_row, refused),
            "",
            f"Their bytes are kept under import {run.id}.",
        ]
    return lines


def _row(refused: Refusals) -> str:
    count, numbers = len(refused.positions), ", ".join(map(str, refused.positions[:_SHOWN_NUMBERS]))
    rest = " …" if count > _SHOWN_NUMBERS else ""
    return f"{count:8}  {REASONS[refused.reason]}: no. {numbers}{rest}"
