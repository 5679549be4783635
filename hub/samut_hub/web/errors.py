"""What a person sees when a page cannot be shown or a use case refuses: one sentence, and a way on."""

from flask import Flask, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.web.hub import to_sign_in, wants_fragment

Answer = tuple[str, int] | tuple[str, int, dict[str, str]] | Response

_INTO_MESSAGES = {"HX-Retarget": "#messages", "HX-Reswap": "innerHTML show:window:top"}


def refused(error: RefusedError) -> Answer:
    """422; htmx puts the sentence among the page's messages, where the person is."""
    return say(str(error), 422)


def not_found(error: NotFoundError) -> Answer:
    return say(_("This page or record does not exist, or belongs to another library."), 404)


def form_expired(error: CSRFError) -> Answer:
    return say(_("The form was open for too long. Go back, reload the page and send it again."), 400)


def failed(error: HTTPException) -> Answer:
    """A fault with an HTTP status: wrong address, no permission, too large, a fault in the program."""
    status = error.code or 500
    if status == 401:
        return to_sign_in()
    if status < 400 or error.response is not None:
        return Response.force_type(error.get_response(), request.environ)
    if status >= 500:
        _let_go()
    return say(_sentence(status), status)


def say(sentence: str, status: int) -> Answer:
    """The sentence as a page of its own, or as a fragment for htmx."""
    if wants_fragment():
        return render_template("parts/refused.html", sentence=sentence), status, _INTO_MESSAGES
    return render_template("error.html", sentence=sentence, status=status, request_id=g.request_id), status


def _let_go() -> None:
    """After a fault nothing may be asked of the database any more, not even the person's name."""
    for name in ("staff", "library"):
        g.pop(name, None)


def _sentence(status: int) -> str:
    sentences = {
        403: _("You do not have the right to do this. Ask an administrator of your library."),
        404: _("This page or record does not exist, or belongs to another library."),
        405: _("This page cannot be opened like that."),
        413: _("What you sent is too large."),
        500: _("Something went wrong here, and nothing was changed. Please tell us the number below."),
    }
    return sentences.get(status) or _("The request could not be understood.")


def use_errors(app: Flask) -> None:
    app.register_error_handler(RefusedError, refused)
    app.register_error_handler(NotFoundError, not_found)
    app.register_error_handler(CSRFError, form_expired)
    app.register_error_handler(HTTPException, failed)
