"""The money of a day or of some: sums, lines, files for the school's accounts."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, send_file, stream_with_context
from flask_babel import gettext as _
from wtforms import SelectChoice

from samut_hub.charges import accounts as books
from samut_hub.charges import export, printing
from samut_hub.charges.accounts import Scope
from samut_hub.charges.closing import open_cash
from samut_hub.charges.forms import ENTRIES, METHODS, AccountsForm, ClosingForm, charge_name
from samut_hub.charges.web.acting import give_command, own_till
from samut_hub.charges.web.blueprint import pages
from samut_hub.spreadsheet import write_workbook
from samut_hub.staff.policy import Permission
from samut_hub.tables import csv_line
from samut_hub.web.hub import db, is_allowed, library, needs, now, the_hub
from samut_hub.web.language import language
from samut_hub.web.paging import page_asked, pages_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, with the last day among it. `till` None is the whole library."""

    since: date
    until: date
    till: str | None
    form: AccountsForm

    def scope(self, zone: str) -> Scope:
        """The same in moments."""
        return Scope(_midnight(self.since, zone), _midnight(self.until + timedelta(days=1), zone), self.till)


@pages.get("/accounts")
@needs(Permission.TAKE_PAYMENTS)
def accounts() -> str:
    """The person's own till, or with the permission any other, or all."""
    asked = _asked()
    scope, page = asked.scope(library().zone), page_asked()
    closing = ClosingForm(formdata=None, till=asked.till or own_till())
    give_command(closing)
    return render_template(
        "charges/accounts.html",
        asked=asked,
        **told(scope),
        lines=books.lines(db(), scope, page),
        page=page,
        pages=pages_of(books.count_lines(db(), scope), books.PAGE),
        closing_form=closing,
        waiting=open_cash(db(), closing.till.data),
        own_till=own_till(),
    )


@pages.get("/accounts.pdf")
@needs(Permission.TAKE_PAYMENTS)
def accounts_pdf() -> Response:
    """One sheet to sign and to put with the money."""
    asked = _asked()
    scope = asked.scope(library().zone)
    page = render_template("charges/accounts_sheet.html", asked=asked, at=now(), closing=None, **told(scope))
    return sheet(page, f"accounts-{asked.since}-{asked.until}")


@pages.get("/accounts.csv")
@needs(Permission.TAKE_PAYMENTS)
def accounts_csv() -> Response:
    asked = _asked()
    rows = _csv(library().id, asked.scope(library().zone))
    name = {"Content-Disposition": f'attachment; filename="accounts-{asked.since}-{asked.until}.csv"'}
    return Response(stream_with_context(rows), mimetype="text/csv", headers=name)


@pages.get("/accounts.xlsx")
@needs(Permission.TAKE_PAYMENTS)
def accounts_xlsx() -> Response:
    asked = _asked()
    scope = asked.scope(library().zone)
    head = list(zip(_labels(), export.WIDTHS, strict=True))
    rows = export.rows(books.all_lines(db(), scope), _words(scope))
    out = tempfile.TemporaryFile()  # noqa: SIM115 — send_file closes it
    write_workbook(out, _("Accounts"), head, rows, language=language())
    out.seek(0)
    return send_file(out, _XLSX, as_attachment=True, download_name=f"accounts-{asked.since}-{asked.until}.xlsx")


def told(scope: Scope) -> dict[str, object]:
    """What page and sheet say of the money."""
    tills = books.by_till(db(), scope)
    return {
        "figures": books.figures(db(), scope),
        "tills": tills,
        "till_names": books.till_names(db(), [till for till, *_rest in tills]),
    }


def sheet(page: str, name: str) -> Response:
    """A page on A4 as an answer."""
    answer = Response(printing.pdf_on_paper(page, printing.A4), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def _asked() -> Asked:
    """Today and one's own till, where the address says nothing else or what is not allowed."""
    form = AccountsForm(request.args)
    form.validate()
    today = now().astimezone(ZoneInfo(library().zone)).date()
    since = (None if form.since.errors else form.since.data) or today
    until = max(since, (None if form.until.errors else form.until.data) or today)
    form.since.data, form.until.data = since, until
    return Asked(since, until, _till(form), form)


def _till(form: AccountsForm) -> str | None:
    if not is_allowed(Permission.SEE_ACCOUNTS):
        form.till.choices = [SelectChoice(own_till(), own_till())]
        return own_till()
    known = books.till_names(db(), {own_till(), *books.tills(db(), Scope())})
    form.till.choices = [SelectChoice("", _("The whole library")), *(SelectChoice(*till) for till in known.items())]
    form.till.data = form.till.data if form.till.data in known else ""
    return form.till.data or None


def _midnight(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(), ZoneInfo(zone))


def _labels() -> list[str]:
    return [
        _("Day"),
        _("Time"),
        _("Receipt"),
        _("Entry"),
        _("What for"),
        _("Note"),
        _("Member number"),
        _("Member"),
        _("Paid by"),
        _("Reference"),
        _("Money in"),
        _("Given back"),
        _("Waived"),
        _("Reason"),
        _("Till"),
    ]


def _words(scope: Scope) -> export.Words:
    names = {kind.value: str(name) for kind, name in (*ENTRIES.items(), *METHODS.items())}
    return export.Words(
        language=language(),
        zone=library().zone,
        kind_of=lambda line: charge_name(line.charge),
        names=names,
        tills=books.till_names(db(), books.tills(db(), scope)),
    )


def _csv(library_id: int, scope: Scope) -> Iterator[bytes]:
    """With the mark by which Excel knows UTF-8; read in a session of its own, as it lasts longer than the request."""
    words = _words(scope)
    yield b"\xef\xbb\xbf" + csv_line(_labels())
    with the_hub().database.session(library_id, writes=False) as session:
        yield from export.csv_rows(books.all_lines(session, scope), words)
