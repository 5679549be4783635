"""Letters to print, class by class, and the lists for class teachers; then they are marked as printed."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.confined import ConfinedError
from samut_hub.errors import RefusedError
from samut_hub.notices import letters
from samut_hub.notices.letters import Press
from samut_hub.notices.web.blueprint import pages, settings_here
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now, the_hub
from samut_hub.web.language import language


@pages.get("/notices/letters")
@needs(Permission.SEND_NOTICES)
def letter_list() -> str:
    group_id = request.args.get("group", type=int)
    chosen = letters.waiting_letters(db(), group_id)
    return render_template(
        "notices/letters.html",
        batches=letters.batches(db()),
        chosen=chosen,
        group_id=group_id,
        at_once=letters.AT_ONCE,
    )


@pages.get("/notices/letters.pdf")
@needs(Permission.SEND_NOTICES)
def letters_pdf() -> Response:
    """`what=lists` makes one table for each class. Nothing is marked by looking."""
    chosen = letters.waiting_letters(db(), request.args.get("group", type=int))
    press = _press()
    try:
        if request.args.get("what") == "lists":
            content = letters.class_lists_pdf(press, chosen, language())
        else:
            content = letters.letters_pdf(press, chosen)
    except ConfinedError:
        raise RefusedError(_("These letters could not be set. Print fewer at a time, class by class.")) from None
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="letters.pdf"'
    return answer


@pages.post("/notices/letters/printed")
@needs(Permission.SEND_NOTICES)
def letters_printed() -> Redirect:
    """Only those that were on the page when the button was made."""
    ids = [int(one) for one in request.form.getlist("notice") if one.isdigit()]
    count = letters.mark_printed(db(), ids, now())
    flash(_("Marked as printed: %(count)s", count=count), "success")
    return redirect(url_for(".letter_list"))


@pages.post("/notices/letters/clean")
@needs(Permission.SEND_NOTICES)
def drop_past_letters() -> Redirect:
    chosen = letters.waiting_letters(db(), request.form.get("group", type=int))
    left = letters.drop_past(_press(), chosen)
    flash(_("Taken out, as no longer needed: %(count)s", count=len(chosen) - len(left)), "success")
    return redirect(url_for(".letter_list", group=request.form.get("group", type=int)))


def _press() -> Press:
    return Press(db(), library(), settings_here(), now(), the_hub().config.url)
