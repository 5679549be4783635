"""Members sign in with an account elsewhere, and link it: the school's, or LINE."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.members import elsewhere, identities
from samut_hub.members.models import Member, Provider
from samut_hub.opac.web.blueprint import page_at, pages
from samut_hub.opac.web.member import for_member, let_in, member_here, seeing, site_here
from samut_hub.opac.web.my import form_at
from samut_hub.staff import providers
from samut_hub.staff.attempts import SignInRefusedError
from samut_hub.staff.models import SignInProvider
from samut_hub.staff.policy import SignInFault
from samut_hub.web.elsewhere import Back, come_back, go_out, purpose_of_return
from samut_hub.web.hub import db, now, the_hub

COMES, LINKS = "member", "link"


@page_at("/my/sign-in/with/<provider>")
def my_sign_in_with(provider: str) -> Response:
    own = site_here().library
    row = None if own is None else _row(own.id, provider)
    if row is None:
        raise NotFoundError(f"Members do not sign in with {provider} here.")
    return go_out(row, COMES)


@page_at("/my/accounts/<provider>")
@for_member
def my_link(member: Member, provider: str) -> Response:
    row = _row(member.library_id, provider)
    if row is None:
        raise NotFoundError(f"Members do not sign in with {provider} here.")
    return go_out(row, LINKS)


@page_at("/my/back")
def my_back() -> Response:
    """From the issuer."""
    links = purpose_of_return() == LINKS
    try:
        with seeing(None):
            back = come_back(db(), (COMES, LINKS), lambda row: row.for_members)
        if links:
            return _link(back)
        let_in(elsewhere.enter(the_hub().database, back.row, back.person, now()), own_device=False)
    except SignInRefusedError as error:
        return _not_in(_fault(error.fault))
    except RefusedError as error:
        return _not_in(str(error))
    return redirect(back.next or url_for(".my"))


@form_at("/my/accounts/<provider>/part", posted_only=True)
@for_member
def my_part(member: Member, provider: str) -> Response:
    if provider in set(Provider):
        identities.unlink(db(), member, Provider(provider))
        flash(_("The account is no longer linked."), "success")
    return redirect(url_for(".my"))


@pages.app_template_global()
def ways_in() -> list[str]:
    """With which accounts elsewhere members of this site may sign in."""
    own = site_here().library
    return [] if own is None else [one.value for one in Provider if _row(own.id, one.value) is not None]


@pages.app_template_global()
def accounts_of(member: Member) -> dict[str, bool]:
    """Of each account elsewhere that the library lets in: whether the member signs in by it."""
    linked = {one.provider for one in identities.identities_of(db(), member) if one.signs_in}
    return {one.value: one.value in linked for one in Provider if _row(member.library_id, one.value) is not None}


def _row(library_id: int, provider: str) -> SignInProvider | None:
    if provider not in set(Provider):
        return None
    with seeing(library_id):
        row = providers.provider_of(db(), library_id, Provider(provider))
    return row if row is not None and row.for_members else None


def _link(back: Back) -> Response:
    member = member_here()
    if member is None or member.library_id != back.row.library_id:
        return _not_in(_("Sign in with your number first, then link the account."))
    subject = providers.known_as(back.row, back.person)
    try:
        with the_hub().database.session(member.library_id) as session:
            own = session.get_one(Member, member.id)
            identities.link(session, own, Provider(back.row.provider), subject, now=now(), signs_in=True)
    except identities.IdentityTakenError:
        raise RefusedError(_("This account is linked with another member already.")) from None
    flash(_("The account is linked. You can sign in with it now."), "success")
    return redirect(url_for(".my"))


def _not_in(sentence: str) -> Response:
    flash(sentence, "danger")
    return redirect(url_for(".my" if member_here() is not None else ".my_sign_in"))


def _fault(fault: SignInFault) -> str:
    sentences = {
        SignInFault.UNKNOWN: _(
            "No member is known by this account. Sign in with your number, then link the account; or ask at the desk."
        ),
        SignInFault.AMBIGUOUS: _("More than one member has your e-mail address. Ask at the desk."),
        SignInFault.NOT_VERIFIED: _("Your e-mail address there is not confirmed, so it cannot be believed."),
        SignInFault.OTHER_DOMAIN: _("This account is not of your school. Sign in there with the school’s account."),
    }
    return sentences[fault]
