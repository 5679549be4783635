"""Pages of settings: which libraries are asked, and whether they answer."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from samut_hub.catalogue.copying import service
from samut_hub.catalogue.copying.asking import ask
from samut_hub.catalogue.copying.forms import KINDS, TargetForm, say_told
from samut_hub.catalogue.copying.models import Target
from samut_hub.catalogue.copying.policy import Wanted
from samut_hub.catalogue.copying.service import Told
from samut_hub.catalogue.copying.web import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs

__all__ = ["pages"]

Answer = str | Response | tuple[str, int]
TRIAL = Wanted(title="history")
"""What a library is asked to see whether it answers: something that any has."""


@pages.get("/libraries")
@needs(Permission.EDIT_TARGETS)
def targets() -> str:
    kinds = {kind.value: name for kind, name in KINDS.items()}
    return render_template("copying/targets.html", targets=service.targets(db()), kinds=kinds)


@pages.post("/libraries/known")
@needs(Permission.EDIT_TARGETS)
def add_known() -> Response:
    added = service.add_known_targets(db())
    flash(
        ngettext("%(num)s library added, switched off.", "%(num)s libraries added, switched off.", added), "success"
    )
    return redirect(url_for(".targets"))


@pages.route("/libraries/new", methods=["GET", "POST"])
@needs(Permission.EDIT_TARGETS)
def new_target() -> Answer:
    form, target = TargetForm(syntax="marcxml", is_on=True), Target()
    if not form.accepts(lambda: _save(form, target)):
        return show("copying/target.html", form, target=None)
    return redirect(url_for(".targets"))


@pages.route("/libraries/<int:target_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_TARGETS)
def target(target_id: int) -> Answer:
    row = service.target_by_id(db(), target_id)
    form = TargetForm(obj=row)
    if not form.accepts(lambda: _save(form, row)):
        return show("copying/target.html", form, target=row)
    return redirect(url_for(".targets"))


@pages.post("/libraries/<int:target_id>/remove")
@needs(Permission.EDIT_TARGETS)
def remove_target(target_id: int) -> Response:
    db().delete(service.target_by_id(db(), target_id))
    flash(_("The library is not asked any more."), "success")
    return redirect(url_for(".targets"))


@pages.post("/libraries/<int:target_id>/test")
@needs(Permission.EDIT_TARGETS)
def test_target(target_id: int) -> Response:
    """Ask the library something, as it stands in the settings; the transaction ends before."""
    row = service.target_by_id(db(), target_id)
    name, address = row.name, service.address_of(row)
    db().commit()
    reply = ask(address, TRIAL)
    fault = say_told(Told(name, fault=reply.fault, detail=reply.detail))
    total, records = reply.answer.total, len(reply.answer.records)
    if fault:
        flash(f"{name}: {fault}", "danger")
    else:
        said = _(
            "%(name)s answers: %(total)s records found, %(records)s sent.", name=name, total=total, records=records
        )
        flash(said, "success" if records else "warning")
    return redirect(url_for(".target", target_id=target_id))


def _save(form: TargetForm, target: Target) -> None:
    form.fill(target)
    if target.id is None:
        service.add_target(db(), target)
    flash(_("Saved."), "success")
