"""Where the pages of staff stand, and how refusals are said."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.staff.attempts import SignInRefusedError
from samut_hub.staff.policy import AccountFault, RoleFault, SignInFault
from samut_hub.staff.roles import AccountRefusedError, RoleRefusedError

Page = str | Response | tuple[str, int]
pages = Blueprint("staff", "samut_hub.staff", template_folder="templates")


def sign_in_fault(fault: SignInFault) -> str:
    sentences = {
        SignInFault.WRONG: _("User name or password is wrong."),
        SignInFault.TOO_OFTEN: _("Too many wrong passwords. Wait five minutes, then try again."),
        SignInFault.UNKNOWN: _("No open account here has your e-mail address. Ask an administrator to enter it."),
        SignInFault.AMBIGUOUS: _("More than one account here has your e-mail address. Ask an administrator."),
        SignInFault.NOT_VERIFIED: _(
            "The school’s accounts do not vouch for your e-mail address, so it cannot be believed."
        ),
        SignInFault.OTHER_DOMAIN: _("This account is not of your school. Sign in there with the school’s account."),
    }
    return sentences[fault]


@contextmanager
def in_words() -> Iterator[None]:
    """What is refused inside becomes a sentence."""
    try:
        yield
    except AccountRefusedError as error:
        raise RefusedError(_account_fault(error.fault)) from None
    except RoleRefusedError as error:
        raise RefusedError(_role_fault(error.fault)) from None
    except SignInRefusedError as error:
        raise RefusedError(sign_in_fault(error.fault)) from None


def _account_fault(fault: AccountFault) -> str:
    sentences = {
        AccountFault.NAME_TAKEN: _("This user name is taken. Choose another."),
        AccountFault.WRONG_PASSWORD: _("The current password is wrong."),
        AccountFault.OWN_ACCOUNT: _("You cannot change your own role or rights, or close your own account."),
        AccountFault.BEYOND_OWN_RIGHTS: _(
            "Here are rights that you do not have yourself. Ask somebody who has them to do this."
        ),
        AccountFault.LAST_ADMINISTRATOR: _(
            "This is the last open account with every right. Make another administrator first."
        ),
    }
    return sentences[fault]


def _role_fault(fault: RoleFault) -> str:
    sentences = {
        RoleFault.NAME_TAKEN: _("There is a role of this name. Choose another name."),
        RoleFault.BEYOND_OWN_RIGHTS: _("Nobody changes their own role, or gives rights that they do not have."),
        RoleFault.IN_USE: _("Somebody still has this role. Give these people another role first."),
    }
    return sentences[fault]
