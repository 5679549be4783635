"""The forms in which staff write news, and choose who is told of them."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from samut_hub.catalogue.forms import TextForm
from samut_hub.community.models import News
from samut_hub.community.service import NewsFields
from samut_hub.members.models import Group, MemberType
from samut_hub.web.forms import DayField, Form


class _TicksField(SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class TellForm(Form):
    """Which members are told the news by LINE or e-mail."""

    group_ids = _TicksField(_l("Classes and departments"), coerce=int)
    type_ids = _TicksField(_l("Types of member"), coerce=int)

    @classmethod
    def offering(cls, groups: Sequence[Group], types: Sequence[MemberType], language: str) -> "TellForm":
        form = cls()
        form.group_ids.choices = [SelectChoice(one.id, one.name) for one in groups]
        form.type_ids.choices = [SelectChoice(one.id, one.name(language)) for one in types]
        return form

    def validate_type_ids(self, field: SelectMultipleField) -> None:
        if not (field.data or self.group_ids.data):
            raise ValidationError(_("Tick at least one class or type."))


class NewsForm(TextForm):
    """News in plain words, with its first and last day."""

    title = StringField(_l("News headline"), [DataRequired(), Length(max=200)])
    text = TextAreaField(
        _l("Text of the news"),
        [DataRequired(), Length(max=20_000)],
        description=_l("An empty line begins a new paragraph. Web addresses become links by themselves."),
    )
    shown_from = DayField(_l("First day"), [DataRequired()])
    shown_until = DayField(
        _l("Last day"), [Optional()], description=_l("Empty: it stays until you give it a last day or remove it.")
    )

    def validate_shown_until(self, control: Any) -> None:
        if control.data and self.shown_from.data and control.data < self.shown_from.data:
            raise ValidationError(_("The last day is before the first."))

    def show_news(self, news: News) -> None:
        for name in NewsFields.__slots__:
            self[name].data = getattr(news, name)

    def fields(self) -> NewsFields:
        return NewsFields(**{name: self[name].data for name in NewsFields.__slots__})
