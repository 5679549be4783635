"""The page on which staff say what the columns of a table hold that they bring in, for whatever it is of."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from samut_hub.tables import header_of, rows_of

SAMPLE_ROWS = 3
CODINGS: Mapping[str, LazyString] = {
    "utf-8-sig": _l("UTF-8 (most programs today)"),
    "cp874": _l("Thai Windows (TIS-620, Windows-874)"),
    "utf-16": _l("UTF-16 (“Unicode text” of Excel)"),
    "cp1252": _l("Western European (Windows-1252)"),
}


class Table(Protocol):
    """A table that is to be brought in. Without an `encoding` nobody knows yet how its letters are coded."""

    encoding: str


def takes_other_coding(run: Table) -> bool:
    """Whether a coding was chosen that the table did not have; then it has that."""
    coding = request.form.get("encoding", run.encoding)
    if coding == run.encoding or coding not in CODINGS:
        return False
    run.encoding = coding
    return True


def columns_page(template: str, run: Table, path: Path, choices: Mapping[Any, object], **more: object) -> str:
    """`template` extends `table_columns.html`; `choices` are what a column may hold, by name."""
    coding = run.encoding or "utf-8-sig"
    rows = [row.cells for row in islice(rows_of(path, coding), SAMPLE_ROWS)]
    return render_template(
        template, run=run, header=header_of(path, coding), rows=rows, choices=choices, all_codings=CODINGS, **more
    )


def said_twice(chosen: Sequence[str], choices: Mapping[Any, object]) -> str:
    """The sentence about two columns that hold the same; empty where there are none."""
    twice = {name for name in chosen if name and chosen.count(name) > 1}
    return _("Two columns cannot both be “%(name)s”.", name=choices[min(twice)]) if twice else ""
