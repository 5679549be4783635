"""The address under which imports stand, and what their templates may say."""

from flask import Blueprint

from samut_hub.catalogue.imports import forms
from samut_hub.catalogue.imports.policy import Verdict
from samut_hub.catalogue.imports.undoing import Kept

pages = Blueprint(
    "imports", "samut_hub.catalogue.imports", template_folder="templates", url_prefix="/catalogue/imports"
)


@pages.app_template_filter()
def import_reason(reason: str) -> str:
    return forms.say_reason(reason)


@pages.app_template_filter()
def import_verdict(verdict: str) -> str:
    return str(forms.VERDICTS[Verdict(verdict)])


@pages.app_template_filter()
def why_kept(why: str) -> str:
    return str(forms.KEPT[Kept(why)])


@pages.app_template_filter()
def file_size(size: int) -> str:
    return forms.say_size(size)


@pages.app_template_filter()
def readable(text: str) -> str:
    """The start of a damaged record, with a dot for each character that cannot be shown."""
    return "".join(letter if letter.isprintable() else "·" for letter in text.strip())
