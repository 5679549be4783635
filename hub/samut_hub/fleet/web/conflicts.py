"""What devices decided alone that does not fit the books: staff look, choose, and it is settled."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.circulation.models import ConflictKind
from samut_hub.errors import NotFoundError
from samut_hub.fleet import conflicts as unsettled
from samut_hub.fleet import settling
from samut_hub.fleet.settling import Choice, choices_of
from samut_hub.fleet.web.blueprint import pages
from samut_hub.fleet.web.conflict_words import CHOICES, CONFLICTS, FAULTS, OF_KINDS
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import day
from samut_hub.web.hub import carry_out, db, needs, now, staff


@pages.get("/conflicts")
@needs(Permission.SETTLE_CONFLICTS)
def conflicts() -> str:
    return render_template(
        "fleet/conflicts.html",
        conflicts=unsettled.open_conflicts(db()),
        sentence=_sentence,
        choices_of=choices_of,
        word=_word,
    )


@pages.post("/conflicts/<int:conflict_id>/settle")
@needs(Permission.SETTLE_CONFLICTS)
def settle(conflict_id: int) -> Response:
    choice = request.form.get("choice", Choice.SEEN.value)
    if choice not in list(Choice):
        raise NotFoundError(choice)
    who, number = staff().username, request.form.get("member", "").strip()[:60]
    try:
        carry_out(lambda: settling.settle(db(), conflict_id, Choice(choice), by=who, now=now(), member=number))
    except settling.CannotSettleError as error:
        db().rollback()
        flash(str(FAULTS[error.fault]), "danger")
    else:
        flash(_("Settled."), "success")
    return redirect(url_for(".conflicts"))


def _word(kind: str, choice: Choice) -> str:
    return str(OF_KINDS.get((ConflictKind(kind), choice), CHOICES[choice]))


def _sentence(one: unsettled.ConflictSeen) -> str:
    """What does not fit, with the due dates that it is about."""
    told = str(CONFLICTS[one.conflict.kind])
    if one.conflict.kind == ConflictKind.PARTS_NOT_SEEN:
        return told % {"parts": one.conflict.detail}
    return told % {name: day(at) for name, at in one.dates.items()} if one.dates else told
