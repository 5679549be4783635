"""Commands of the catalogue."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.imports import files
from samut_hub.catalogue.imports.jobs import carry_out
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.imports.policy import Action, Format, Match, Refusal
from samut_hub.catalogue.imports.service import Refusals, refusals, same_file
from samut_hub.catalogue.records.iso2709 import Fault
from samut_hub.catalogue.records.splitting import NotMarcError
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import library_by_code
from samut_hub.tables import TableError
from samut_hub.uploads import FileTooLargeError

REASONS: dict[str, str] = {
    Fault.NO_LEADER: "it does not begin with the leader of a record",
    Fault.TRUNCATED: "it is cut off",
    Fault.NO_END: "it has no end",
    Fault.WRONG_DIRECTORY: "its directory does not fit its fields",
    Fault.NOT_UTF8: "it says it is UTF-8 and is not",
    Fault.NOT_MARC8: "it holds bytes that are not MARC-8",
    Fault.NO_TITLE: "it has no title (field 245)",
    Fault.WRONG_XML: "it is not right MARCXML",
    Refusal.SEVERAL_MATCHES: "several titles in the catalogue match it",
    Refusal.EMPTY_TITLE: "it has no title",
    Refusal.EXTRA_CELLS: "it has more cells than the header",
    Refusal.WRONG_ROW: "a cell of it has no end",
    Refusal.WRONG_LETTERS: "it holds letters that are not of the file's coding",
    Refusal.UNKNOWN_MATERIAL: "its kind of material is not known",
    Refusal.UNKNOWN_LANGUAGE: "its language is not known",
    Refusal.UNKNOWN_STATUS: "its status is not known",
    Refusal.WRONG_YEAR: "its year is not understood",
    Refusal.WRONG_PRICE: "its price is not understood",
    Refusal.WRONG_DATE: "its date is not understood",
    Refusal.WRONG_COPIES: "its number of copies is not understood",
    Refusal.WRONG_NUMBER: "its accession number or bar code cannot be used; its title came in",
    Refusal.NUMBER_TAKEN: "its accession number is taken; its title came in",
    Refusal.BARCODE_TAKEN: "its bar code is taken; its title came in",
    Refusal.WRONG_ISBN: "its ISBN is not valid and was kept as a note; its title came in",
}
_SHOWN_NUMBERS = 12


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--library", "code", help="Which library imports; needed when there is more than one.")
@click.option(
    "--match",
    type=click.Choice([rule.value for rule in Match]),
    help="What tells that a record is there already: the very same record; the number in 001; ISBN, or title and "
    "author without one; title and author. For tables ISBN, else the very same, unless given.",
)
@click.option(
    "--action",
    type=click.Choice([action.value for action in Action]),
    default=Action.SKIP.value,
    show_default=True,
    help="What becomes of such a record: passed over, put in the place of the one that is there, added all the same.",
)
@click.option("--copies/--no-copies", default=None, help="Take copies in from 952 or 852; tables: yes unless told.")
@click.option("--again", is_flag=True, help="Although the very same file came in before.")
@click.pass_obj
def import_records(config: Config, /, file: Path, code: str | None, **options: object) -> None:
    """Bring the records of FILE into the catalogue.

    MARC 21 or UNIMARC in ISO 2709 (any coding), MARCXML, CSV and Excel: told by what is in it. Damaged records are
    kept apart with their bytes and listed. One that was cut short goes on when the same command is given again.
    """
    database = Database(config.database_url)
    try:
        run, refused = run_import(database, config, file, code, **options)
    except (NotFoundError, NotMarcError, RefusedError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    finally:
        database.close()
    click.echo("\n".join(report(run, refused)))


@click.command("reindex")
@click.pass_obj
def reindex(config: Config) -> None:
    """Build the search index anew from the database; people go on searching in the present one meanwhile."""
    database = Database(config.database_url)
    with click.progressbar(length=0, label="titles", file=sys.stderr, show_pos=True) as bar:
        done = Indexer(database, config.search_index).rebuild(tell=partial(_show, bar))
    database.close()
    click.echo(f"{done} titles can be found.")


def _show(bar: Any, done: int, total: int) -> None:
    """Any: click does not show the type of its bar."""
    bar.length = total
    bar.update(done - bar.pos)


def run_import(
    database: Database, config: Config, file: Path, code: str | None, **options: object
) -> tuple[Import, list[Refusals]]:
    """Import the file, one transaction for each batch, with a progress bar. `options` are those of the command."""
    with database.session(None, writes=False) as session:
        library_id = _library(session, code).id
    with database.session(library_id) as session:
        run_id = _opened(session, config, file, options).id
    with click.progressbar(length=file.stat().st_size, label=file.name, file=sys.stderr) as bar:
        carry_out(database, config, (library_id, run_id), tell=lambda done, _total: bar.update(done - bar.pos))
    with database.session(library_id, writes=False) as session:
        return session.get_one(Import, run_id), refusals(session, run_id)


def report(run: Import, refused: Sequence[Refusals]) -> list[str]:
    """What came of the run, as lines."""
    counts = [f"{run.added} added", f"{run.already_there} already there", f"{run.refused} refused"]
    if run.overlaid:
        counts.insert(1, f"{run.overlaid} replaced")
    if run.copies:
        counts.append(f"{run.copies} copies")
    lines = [f"{run.file_name}: {', '.join(counts)}."]
    if refused:
        lines += [
            "",
            f"{'records':>8}  refused because",
            *map(_row, refused),
            "",
            f"Their bytes are kept under import {run.id}.",
        ]
    return lines


def _opened(session: Session, config: Config, file: Path, options: dict[str, object]) -> Import:
    """A new import of the file, or the one that was cut short. Raises RefusedError for what cannot be one."""
    try:
        with file.open("rb") as records:
            stored = files.store(config, records)
        run = files.new_import(session, config, stored, file.name, now=datetime.now(UTC))
    except FileTooLargeError:
        raise RefusedError(f"{file.name} has more than {files.LARGEST >> 20} MB. Divide it into several.") from None
    except (files.UnknownFileError, TableError):
        raise RefusedError(f"{file.name} is neither MARC, MARCXML, CSV nor Excel.") from None
    if Format(run.format).is_table and not run.encoding:
        raise RefusedError(f"In which coding {file.name} is cannot be told. Save it as UTF-8.")
    before = same_file(session, run)
    if before is not None and (before.finished_at is None or not options.get("again")):
        session.delete(run)
        if before.finished_at is not None:
            raise RefusedError(f"{file.name} came in before, as import {before.id}. To bring it in again: --again.")
        return before
    run.match = str(options.get("match") or run.match)
    run.action = str(options.get("action") or run.action)
    run.with_copies = run.with_copies if options.get("copies") is None else bool(options["copies"])
    return run


def _row(refused: Refusals) -> str:
    count, numbers = len(refused.positions), ", ".join(map(str, refused.positions[:_SHOWN_NUMBERS]))
    rest = " …" if count > _SHOWN_NUMBERS else ""
    return f"{count:8}  {REASONS[refused.reason]}: no. {numbers}{rest}"


def _library(session: Session, code: str | None) -> Library:
    """The library named, or the only one; raises NotFoundError."""
    if code is not None:
        return library_by_code(session, code)
    libraries = session.scalars(select(Library).order_by(Library.code)).all()
    if len(libraries) == 1:
        return libraries[0]
    known = ", ".join(library.code for library in libraries) or "none yet"
    raise NotFoundError(f"Say which library imports, with --library. Known libraries: {known}.")
