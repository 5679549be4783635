"""“No more e-mail of this kind”: the link in an e-mail, and the button that mail programs make of it."""

from flask import abort, g, render_template, request

from samut_hub.libraries.service import library_of
from samut_hub.members.models import Member
from samut_hub.notices.names import SUBJECTS
from samut_hub.notices.policy import STOPPABLE, Subject
from samut_hub.notices.settings import stop_by_email
from samut_hub.notices.stopping import is_stop_token
from samut_hub.notices.web.blueprint import pages
from samut_hub.web.hub import db, the_hub


@pages.route("/notices/stop/<int:library_id>/<int:member_id>/<subject>/<token>", methods=["GET", "POST"])
def stop(library_id: int, member_id: int, subject: str, token: str) -> str:
    """Looking changes nothing: mail servers look at every link. The address itself is the right to do it."""
    if subject not in STOPPABLE:
        abort(404)
    wanted = Subject(subject)
    if not is_stop_token(the_hub().card_secret, library_id, member_id, wanted, token):
        abort(404)
    is_done = request.method == "POST"
    session = db()
    session.info["library_id"] = library_id
    member = session.get(Member, member_id)
    if member is None:
        abort(404)
    g.library = library_of(session, library_id)
    if is_done:
        stop_by_email(session, member_id, library_id, wanted)
    return render_template("notices/stop.html", subject=SUBJECTS[wanted], is_done=is_done)
