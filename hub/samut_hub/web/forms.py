"""The base of every form: its own messages are translated with the pages' catalogue."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import render_template
from flask_babel import get_translations, lazy_gettext, lazy_ngettext
from flask_wtf import FlaskForm
from wtforms import DateField

from samut_hub.era import FIRST_BUDDHIST, common_era
from samut_hub.errors import RefusedError
from samut_hub.web.hub import carry_out

SINGLE = (
    lazy_gettext("Field must be equal to %(other_name)s."),
    lazy_gettext("Field must be between %(min)d and %(max)d characters long."),
    lazy_gettext("Number must be at least %(min)s."),
    lazy_gettext("Number must be at most %(max)s."),
    lazy_gettext("Number must be between %(min)s and %(max)s."),
    lazy_gettext("Date must be at least %(min)s."),
    lazy_gettext("Date must be at most %(max)s."),
    lazy_gettext("Date must be between %(min)s and %(max)s."),
    lazy_gettext("This field is required."),
    lazy_gettext("Invalid input."),
    lazy_gettext("Invalid email address."),
    lazy_gettext("Invalid URL."),
    lazy_gettext("Invalid value, must be one of: %(values)s."),
    lazy_gettext("Invalid value, can't be any of: %(values)s."),
    lazy_gettext("Invalid Choice: could not coerce."),
    lazy_gettext("Not a valid choice."),
    lazy_gettext("Invalid choice(s): one or more data inputs could not be coerced."),
    lazy_gettext("Not a valid datetime value."),
    lazy_gettext("Not a valid date value."),
    lazy_gettext("Not a valid time value."),
    lazy_gettext("Not a valid integer value."),
    lazy_gettext("Not a valid decimal value."),
)
"""What WTForms says, word for word, so that it is found for translation."""

COUNTED = (
    lazy_ngettext(
        "Field must be at least %(min)d character long.", "Field must be at least %(min)d characters long.", 1
    ),
    lazy_ngettext(
        "Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters.", 1
    ),
    lazy_ngettext(
        "Field must be exactly %(max)d character long.", "Field must be exactly %(max)d characters long.", 1
    ),
    lazy_ngettext(
        "'%(value)s' is not a valid choice for this field.", "'%(value)s' are not valid choices for this field.", 1
    ),
)
"""The same, with a word for one and a word for many."""


FIRST_YEAR = 1800


class _Words:
    """WTForms asks for its sentences here. They carry %(name)s for it to fill in, so none is filled in before."""

    def gettext(self, sentence: str) -> str:
        return str(get_translations().ugettext(sentence))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return str(get_translations().ungettext(one, many, count))


def _in_common_era(on: date | None) -> date | None:
    """Raises ValueError for a day that no library has seen or will see."""
    if on is not None and on.year >= FIRST_BUDDHIST:
        on = on.replace(year=common_era(on.year))
    if on is not None and not FIRST_YEAR <= on.year < FIRST_BUDDHIST:
        raise ValueError(on)
    return on


class DayField(DateField):  # type: ignore[misc]  # WTForms has no types
    """A date. Its year may be of the Buddhist Era, as people here write it; none from 2400 on is meant otherwise."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        on, self.data = self.data, None
        try:
            self.data = _in_common_era(on)
        except ValueError:
            raise ValueError(self.gettext("Not a valid date value.")) from None


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
