"""Passes of guests: made, printed, listed, taken back."""

from datetime import time
from zoneinfo import ZoneInfo

import segno
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.libraries.service import calendar_of, card_key
from samut_hub.staff.policy import Permission
from samut_hub.visits.forms import PassForm
from samut_hub.visits.guests import Made, make_passes, passes, revoke_pass
from samut_hub.visits.web.blueprint import pages
from samut_hub.web.forms import show
from samut_hub.web.hub import carry_out, db, library, needs, now, staff, the_hub
from samut_hub.web.paging import page_asked
from samut_wire.ids import command_id

_LAST = time(23, 59)


@pages.route("/visits/guests", methods=["GET", "POST"])
@needs(Permission.LET_GUESTS_IN)
def guests() -> str | tuple[str, int]:
    """Their codes are shown once, to be printed or sent."""
    form = PassForm()
    if form.validate_on_submit():
        return render_template("visits/passes.html", made=carry_out(lambda: _make(form)), at=now())
    if not form.is_submitted():
        form.begin(now().astimezone(ZoneInfo(library().zone)).date(), _closes(), _command())
    return show("visits/guests.html", form, found=passes(db(), now(), page_asked()), now=now())


@pages.post("/visits/guests/<int:pass_id>/revoke")
@needs(Permission.LET_GUESTS_IN)
def revoke(pass_id: int) -> Response:
    revoke_pass(db(), pass_id, staff().username, now())
    flash(_("The pass is taken back."), "success")
    return redirect(url_for(".guests"))


@pages.app_template_filter()
def pass_drawing(code: str) -> str:
    """The QR code (ISO/IEC 18004) as an address that carries its own picture."""
    return segno.make(code, error="m", micro=False).svg_data_uri(scale=8, border=2)


def _make(form: PassForm) -> list[Made]:
    calendar = calendar_of(db(), library())
    key = card_key(the_hub().card_secret, library().code)
    wanted, count = form.wanted(calendar), form.count.data
    return make_passes(db(), form.command.data, wanted, count, key=key, by=staff().username, now=now())


def _closes() -> time:
    """When the library closes today; a day that is closed ends at midnight."""
    calendar = calendar_of(db(), library())
    spans = calendar.open_spans(calendar.local_day(now()))
    return spans[-1][1].astimezone(ZoneInfo(library().zone)).time().replace(second=0) if spans else _LAST


def _command() -> str:
    return command_id(int(now().timestamp() * 1000))
