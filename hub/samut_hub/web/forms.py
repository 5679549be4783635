"""The base of every form: its own messages are translated with the pages' catalogue."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template
from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf import FlaskForm

from samut_hub.errors import RefusedError
from samut_hub.web.hub import carry_out

MESSAGES = (
    lazy_gettext("This field is required."),
    lazy_gettext("Not a valid choice."),
    lazy_gettext("Not a valid integer value."),
    lazy_gettext("Not a valid decimal value."),
    lazy_gettext("Not a valid date value."),
    lazy_gettext("Invalid email address."),
    lazy_gettext("Invalid input."),
    lazy_gettext("Invalid Choice: could not coerce."),
)
"""What WTForms says, word for word, so that it is found for translation."""


class _Words:
    """WTForms asks for its sentences here. They carry %(name)s for it to fill in, so none is filled in before."""

    def gettext(self, sentence: str) -> str:
        return gettext(sentence)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return ngettext(one, many, count)


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form that knows the person's language and carries the CSRF token."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: object) -> _Words:
            return _Words()

    def accepts(self, use_case: Callable[[], object]) -> bool:
        """Whether the form was sent, is filled in rightly, and the use case went through.

        A RefusedError becomes a message at the head of the form; `show` then answers 422, so nothing is committed.
        """
        if not self.validate_on_submit():
            return False
        try:
            carry_out(use_case)
        except RefusedError as error:
            self.form_errors.append(str(error))
            return False
        return True

    def values(self) -> Mapping[str, Any]:
        """What was filled in, without the token."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


def show(template: str, form: Form, **values: object) -> tuple[str, int]:
    """The page of a form: 422 when what was sent is wrong."""
    return render_template(template, form=form, **values), 422 if form.errors else 200
