"""Settings of notices: what is told and when, the mail server, the LINE account, and whether they work."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.members import identities
from samut_hub.members.models import Provider
from samut_hub.members.service import member_by_number
from samut_hub.notices import settings as of_library
from samut_hub.notices.channels.line import Account, LineMessages
from samut_hub.notices.channels.mail import MailChannel
from samut_hub.notices.channels.sending import NotSentError, Outgoing
from samut_hub.notices.forms import EmailForm, LineForm, MailTrialForm, TimesForm, TrialForm, shown_times
from samut_hub.notices.models import NoticeSettings
from samut_hub.notices.names import FAULTS, LACKS, say_fault
from samut_hub.notices.settings import Missing, line_channel, mail_server, settings_to_change
from samut_hub.notices.trial import trial_of
from samut_hub.notices.web.blueprint import pages, settings_here
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import Form, show
from samut_hub.web.hub import db, library, needs, only_looks, the_hub, whole_address
from samut_hub.web.language import language

Page = str | Response | tuple[str, int]


@pages.get("/settings/notices/")
@needs(Permission.EDIT_NOTICES)
def settings() -> str:
    own, secret = settings_here(), the_hub().card_secret
    return render_template(
        "notices/settings.html",
        own=own,
        email_lacks=[LACKS[one] for one in of_library.lacks_of_email(own, secret)],
        line_lacks=[LACKS[one] for one in _lacks_of_line(own)],
        email_fault=say_fault(own.email_fault) if own.email_fault else "",
        line_fault=say_fault(own.line_fault) if own.line_fault else "",
    )


@pages.route("/settings/notices/times", methods=["GET", "POST"])
@needs(Permission.EDIT_NOTICES)
def times() -> Page:
    form = TimesForm(data=shown_times(settings_here()))
    if not form.accepts(lambda: form.keep(_to_change())):
        return show("notices/times.html", form)
    return _saved()


@pages.route("/settings/notices/email", methods=["GET", "POST"])
@needs(Permission.EDIT_NOTICES)
def email() -> Page:
    form = EmailForm(obj=settings_here())
    if not form.accepts(lambda: form.keep(_to_change(), the_hub().card_secret)):
        return show("notices/email_settings.html", form, trial=TrialForm(formdata=None), **_about_email())
    return _saved(".email")


@pages.post("/settings/notices/email/test")
@only_looks
@needs(Permission.EDIT_NOTICES)
def try_email() -> Page:
    trial, own = MailTrialForm(), settings_here()
    _try(trial, lambda: _send_trial_by_mail(trial, own))
    form = EmailForm(formdata=None, obj=own)
    return show("notices/email_settings.html", form, trial=trial, is_tried=not trial.errors, **_about_email())


@pages.route("/settings/notices/line", methods=["GET", "POST"])
@needs(Permission.EDIT_NOTICES)
def line() -> Page:
    form = LineForm(data={"line_account": settings_here().line_account})
    if not form.accepts(lambda: form.keep(_to_change(), the_hub().card_secret)):
        return show("notices/line_settings.html", form, trial=TrialForm(formdata=None), **_about_line())
    return _saved(".line")


@pages.post("/settings/notices/line/test")
@only_looks
@needs(Permission.EDIT_NOTICES)
def try_line() -> Page:
    """To a member whose LINE account is linked; it also tells what LINE says of the official account."""
    trial, found = TrialForm(), list[Account]()
    _try(trial, lambda: found.append(_send_trial_by_line(trial)))
    form = LineForm(formdata=None, data={"line_account": settings_here().line_account})
    return show(
        "notices/line_settings.html",
        form,
        trial=trial,
        is_tried=not trial.errors,
        account=found[0] if found else None,
        **_about_line(),
    )


def _about_email() -> dict[str, object]:
    lacks = of_library.lacks_of_email(settings_here(), the_hub().card_secret)
    return {"lacks": [LACKS[one] for one in lacks]}


def _about_line() -> dict[str, object]:
    own = settings_here()
    lacks = [LACKS[one] for one in _lacks_of_line(own)]
    return {"lacks": lacks, "webhook": whole_address(".webhook", code=library().code), "own": own}


def _lacks_of_line(own: NoticeSettings) -> list[Missing]:
    lacks = of_library.lacks_of_line(own, the_hub().card_secret)
    return lacks if the_hub().config.is_secure else [*lacks, Missing.HTTPS]


def _to_change() -> NoticeSettings:
    return settings_to_change(db(), library().id)


def _saved(back: str = ".settings") -> Response:
    flash(_("Saved."), "success")
    return redirect(url_for(back))


def _try(trial: Form, send: Callable[[], None]) -> None:
    """What went wrong stands at the field. No transaction is open while the server is asked."""
    if not trial.validate_on_submit():
        return
    try:
        send()
    except RefusedError as error:
        trial.to.errors = [*trial.to.errors, str(error)]
    except NotSentError as error:
        trial.to.errors = [*trial.to.errors, f"{FAULTS[error.fault]} {error.detail}"]


def _send_trial_by_mail(trial: MailTrialForm, own: NoticeSettings) -> None:
    if of_library.lacks_of_email(own, the_hub().card_secret):
        raise RefusedError(_("Fill in the mail server and save it first."))
    server, outgoing = mail_server(own, the_hub().card_secret), _outgoing(trial.to.data.strip())
    _end_transaction()
    try:
        with MailChannel(server) as channel:
            channel.send(outgoing)
    except NotSentError as error:
        code = error.detail.partition(" ")[0].rstrip(":")
        raise NotSentError(error.fault, code) from None  # what any server says is not for this page


def _send_trial_by_line(trial: TrialForm) -> Account:
    own = settings_here()
    if of_library.lacks_of_line(own, the_hub().card_secret):
        raise RefusedError(_("Fill in the LINE account and save it first."))
    member = member_by_number(db(), trial.to.data)
    user = None if member is None else identities.subject_of(db(), member, Provider.LINE)
    if user is None:
        raise RefusedError(_("No member with this number has linked LINE. Link your own card first."))
    token, outgoing = line_channel(own, the_hub().card_secret).token, _outgoing(user)
    _end_transaction()
    with LineMessages(the_hub().config.line_api, token) as channel:
        account = channel.account()
        channel.send(outgoing)
    return account


def _outgoing(address: str) -> Outgoing:
    return trial_of(library().name(language()), address, language())


def _end_transaction() -> None:
    session: Session = db()
    session.rollback()
