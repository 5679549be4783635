"""“My library”: what a member has on loan, had before, and waits for; sign-in, sign-out, one's own password."""

from collections.abc import Callable

from flask import flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from samut_hub.catalogue.service import title_by_id
from samut_hub.circulation import holds
from samut_hub.circulation.facts import standing
from samut_hub.circulation.forms import PastLoansForm
from samut_hub.circulation.loans import open_loans
from samut_hub.circulation.models import Hold, Loan
from samut_hub.circulation.past_loans import find_loans
from samut_hub.circulation.service import Renewal, loans_to_renew, renew
from samut_hub.circulation.web.desk import said_due
from samut_hub.circulation.web.holds import in_words, paused, wish_in_form
from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import card_key
from samut_hub.members import signing_in
from samut_hub.members.models import Member
from samut_hub.members.signing_in import Attempt, PasswordFault, PasswordRefusedError
from samut_hub.opac.forms import MemberPasswordForm, MemberSignInForm
from samut_hub.opac.web.blueprint import View, page_at, pages
from samut_hub.opac.web.member import TOKEN, for_member, let_in, let_out, member_here, seeing, site_here
from samut_hub.staff.attempts import SignInRefusedError
from samut_hub.staff.policy import SignInFault
from samut_hub.web.forms import show
from samut_hub.web.hub import carry_out, db, now, own_address, the_hub
from samut_hub.web.language import language
from samut_hub.web.paging import page_asked
from samut_rules.loan import Renewing
from samut_rules.reasons import sentence

WEB = "web"
"""How the public pages are called in loans."""
Page = str | Response | tuple[str, int]


def form_at(path: str, *, posted_only: bool = False) -> Callable[[View], View]:
    """Register a page that takes a form under both its addresses."""
    methods = ["POST"] if posted_only else ["GET", "POST"]

    def register(view: View) -> View:
        for address in (path, f"/lib/<code>{path}"):
            pages.route(address, methods=methods)(view)
        return view

    return register


@page_at("/my")
@for_member
def my(member: Member) -> str:
    return render_template(
        "opac/my.html",
        member=member,
        loans=open_loans(db(), member),
        holds=holds.open_holds_of(db(), member),
        reasons=[sentence(one.code, one.values, language()) for one in standing(db(), member, now())],
        now=now(),
    )


@page_at("/my/past")
@for_member
def my_past(member: Member) -> str:
    form = PastLoansForm(request.args)
    found = find_loans(db(), member, form.wanted(), page_asked())
    return render_template("opac/my_past.html", member=member, form=form, found=found)


@form_at("/my/password")
@for_member
def my_password(member: Member) -> Page:
    """Changing it ends the member's sessions in all browsers but this one."""
    own_device = session.permanent
    form = MemberPasswordForm()
    if not form.accepts(lambda: _change_password(member, form)):
        return show("opac/my_password.html", form, is_first=signing_in.must_change(db(), member))
    let_in(signing_in.start_session(db(), member, now(), own_device=own_device), own_device=own_device)
    flash(_("Your password was changed."), "success")
    return redirect(url_for(".my"))


@form_at("/my/sign-in")
def my_sign_in() -> Page:
    own, back = site_here().library, own_address(request.args.get("next", ""))
    if own is None:
        return render_template("opac/my_where.html", libraries=site_here().libraries, back=back)
    form = MemberSignInForm()
    if not form.validate_on_submit():
        return show("opac/my_sign_in.html", form)
    try:
        let_in(_enter(own, form), own_device=form.own_device.data)
    except SignInRefusedError as error:
        form.form_errors.append(_sign_in_fault(error.fault))
        return show("opac/my_sign_in.html", form)
    return redirect(back or url_for(".my"))


@form_at("/my/sign-out", posted_only=True)
def my_sign_out() -> Response:
    if TOKEN in session:
        site_here()
        with seeing(None):
            signing_in.sign_out(db(), session[TOKEN])
    let_out()
    return redirect(url_for(".home", code=g.get("site_code") or None) if g.get("site_code") else "/")


@form_at("/my/holds/<int:hold_id>/cancel", posted_only=True)
@for_member
def my_cancel(member: Member, hold_id: int) -> Response:
    hold = _own_hold(member, hold_id)
    with in_words():
        carry_out(lambda: holds.cancel_hold(db(), hold, now=now()))
    flash(_("The reservation is cancelled."), "success")
    return redirect(url_for(".my"))


@form_at("/my/holds/<int:hold_id>/pause", posted_only=True)
@for_member
def my_pause(member: Member, hold_id: int) -> Response:
    """As for a time away: others go first meanwhile."""
    flash(paused(_own_hold(member, hold_id)), "success")
    return redirect(url_for(".my"))


def _own_hold(member: Member, hold_id: int) -> Hold:
    hold = holds.hold_by_id(db(), hold_id)
    if hold.member_id != member.id:
        raise NotFoundError(f"Member {member.id} has no hold {hold_id}.")
    return hold


@form_at("/my/loans/<int:loan_id>/renew", posted_only=True)
@for_member
def my_renew(member: Member, loan_id: int) -> Response:
    """Without the item at hand. A second click is told that there is nothing more to gain."""
    loan = db().get(Loan, loan_id)
    if loan is None or loan.member_id != member.id or loan.returned_at is not None:
        raise NotFoundError(f"Member {member.id} has no open loan {loan_id}.")
    made = carry_out(lambda: _try_to_renew(loan))
    if made.decision.due is not None:
        flash(_("Renewed. Bring it back by %(day)s.", day=said_due(made.decision.due)), "success")
    for reason in made.decision.reasons:
        flash(sentence(reason.code, reason.values, language()), "danger")
    return redirect(url_for(".my"))


@form_at("/my/loans/renew-all", posted_only=True)
@for_member
def my_renew_all(member: Member) -> Response:
    """All that may be renewed; why not the others is said beside them."""
    made = carry_out(lambda: [_try_to_renew(loan) for loan in loans_to_renew(db(), member)])
    done = sum(one.decision.allowed for one in made)
    if done:
        flash(ngettext("%(num)s item is renewed.", "%(num)s items are renewed.", done), "success")
    for one in made:
        for reason in one.decision.reasons:
            flash(f"{one.loan.item.title.title}: {sentence(reason.code, reason.values, language())}", "warning")
    return redirect(url_for(".my"))


def _try_to_renew(loan: Loan) -> Renewal:
    return renew(db(), loan=loan, now=now(), source=WEB, renewing=Renewing.UNSEEN)


@form_at("/title/<int:title_id>/reserve", posted_only=True)
@for_member
def reserve(member: Member, title_id: int) -> Response:
    title = title_by_id(db(), title_id)
    try:
        carry_out(lambda: holds.place_hold(db(), member, title, wish_in_form(db(), title_id), now=now()))
    except holds.HoldRefusedError as error:
        for reason in error.reasons:
            flash(sentence(reason.code, reason.values, language()), "danger")
    else:
        flash(_("Reserved. We keep it for you as soon as a copy comes back."), "success")
    return redirect(url_for(".title", title_id=title_id))


@pages.app_template_global()
def member_signed_in() -> Member | None:
    """For the frame of the public pages."""
    return member_here() if TOKEN in session and "site" in g else None


def _enter(own: Library, form: MemberSignInForm) -> str:
    attempt = _attempt(own, form.name.data, form.password.data)
    return signing_in.sign_in(the_hub().database, attempt, now(), own_device=form.own_device.data)


def _attempt(own: Library, name: str, password: str) -> Attempt:
    """Nothing is asked in the request's own session meanwhile: on SQLite it would lock out everybody who writes."""
    attempt = Attempt(
        library_id=own.id,
        name=name,
        password=password,
        address=request.remote_addr or "",
        card_key=card_key(the_hub().card_secret, own.code),
    )
    db().rollback()
    return attempt


def _change_password(member: Member, form: MemberPasswordForm) -> None:
    attempt = _attempt(g.library, member.number, form.old.data)
    try:
        signing_in.change_password(the_hub().database, attempt, form.new.data, now())
    except SignInRefusedError as error:
        raise RefusedError(_sign_in_fault(error.fault)) from None
    except PasswordRefusedError as error:
        sentences = {
            PasswordFault.WRONG: _("The current password is wrong."),
            PasswordFault.EASY: _("This password is guessed at once. Take three or four words in a row."),
            PasswordFault.OWN_NUMBER: _("Your member number is no password: everybody can read it on your card."),
            PasswordFault.UNCHANGED: _("This is the old password. Choose another."),
        }
        raise RefusedError(sentences[error.fault]) from None


def _sign_in_fault(fault: SignInFault) -> str:
    if fault is SignInFault.TOO_OFTEN:
        return _("Too many wrong passwords. Wait five minutes, then try again.")
    return _("Member number or password is wrong.")
