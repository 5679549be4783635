"""The address under which imports of members stand, and what their templates may say."""

from flask import Blueprint

from samut_hub.members.importing import forms
from samut_hub.members.importing.policy import Kept, Verdict

pages = Blueprint(
    "member_imports", "samut_hub.members.importing", template_folder="templates", url_prefix="/members/imports"
)


@pages.app_template_filter()
def member_import_reason(reason: str) -> str:
    return forms.say_reason(reason)


@pages.app_template_filter()
def member_import_verdict(verdict: str) -> str:
    return str(forms.VERDICTS[Verdict(verdict)])


@pages.app_template_filter()
def why_member_stays(why: str) -> str:
    return str(forms.KEPT[Kept(why)])
