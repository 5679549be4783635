"""Slips for members: to look at, to print from the browser, and as a PDF."""

from flask import Response, render_template, request, url_for

from samut_hub.circulation import slip as slips
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.desk import source
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now


@pages.get("/slip/<int:member_id>")
@needs(Permission.CIRCULATE)
def slip(member_id: int) -> str:
    """`what=all` shows all that is on loan, else what this desk did today."""
    return _page(member_id, on_screen=True)


@pages.get("/slip/<int:member_id>.pdf")
@needs(Permission.CIRCULATE)
def slip_pdf(member_id: int) -> Response:
    answer = Response(slips.pdf_of(_page(member_id, on_screen=False)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="slip-{member_id}.pdf"'
    return answer


def _page(member_id: int, *, on_screen: bool) -> str:
    member, wants_all = member_by_id(db(), member_id), request.args.get("what") == "all"
    if wants_all:
        told = slips.slip_of_all(db(), member)
    else:
        told = slips.slip_of_today(db(), member, library(), now=now(), source=source())
    code = slips.code_of(told, library().zone)
    return render_template(
        "circulation/slip.html",
        slip=told,
        wants_all=wants_all,
        at=now(),
        code=slips.drawing_of(code) if code else "",
        on_screen=on_screen,
        desk=url_for(".desk", member=member.id),
    )
