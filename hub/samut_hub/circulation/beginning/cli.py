"""The first steps of a new library at the command line."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from samut_hub.circulation.beginning.policy import Part
from samut_hub.circulation.beginning.service import Missing, make, missing
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.libraries.service import calendar_of, library_by_code
from samut_hub.terminal import said_in_a_sentence

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@click.command()
@click.argument("code")
@click.option("--yes", is_flag=True, help="Make all that is listed without asking.")
@click.pass_obj
@said_in_a_sentence
def begin(config: Config, code: str, yes: bool) -> None:
    """Give the library CODE what that of a Thai school usually begins with, as far as it is not there.

    It is listed before it is made: member types, classes, loan rules, closed weekdays, holidays of the coming year.
    """
    database = Database(config.database_url)
    with database.session(None, writes=False) as session:
        library = library_by_code(session, code)
        session.info["library_id"] = library.id
        today = calendar_of(session, library).local_day(datetime.now(UTC))
        wanted = missing(session, library, today)
    if not wanted.parts:
        click.echo(f"The library {code} has all of it already.")
        return
    click.echo("\n".join(_listed(wanted)))
    if not yes and not click.confirm("Make all this?"):
        return
    with database.session(library.id) as session:
        library = library_by_code(session, code)
        make(session, library, set(Part), {one.on for one in wanted.holidays}, today=today)
    click.echo("Made. All of it can be changed in the settings.")


def _listed(wanted: Missing) -> Iterator[str]:
    yield from (f"Member type   {one.code}: {one.name_th} ({one.name_en})" for one in wanted.types)
    if wanted.classes:
        yield f"Classes       {', '.join(wanted.classes)}"
    yield from (f"Level         {thai} ({english})" for thai, english in wanted.levels)
    for rule in wanted.rules:
        said = ", ".join(f"{name} {value}" for name, value in rule.said.items())
        yield f"Loan rule     {rule.member_type or 'any member'} × {rule.material or 'any material'}: {said}"
    yield from (f"Closed        every {WEEKDAYS[day]}" for day in wanted.weekdays)
    yield from (f"Holiday       {one.on}: {one.name_th} ({one.name_en})" for one in wanted.holidays)
