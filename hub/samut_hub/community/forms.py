"""The form in which staff write news."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from samut_hub.catalogue.forms import TextForm
from samut_hub.community.models import News
from samut_hub.community.service import NewsFields
from samut_hub.web.forms import DayField


class NewsForm(TextForm):
    """News in plain words, with its first and last day."""

    title = StringField(_l("News headline"), [DataRequired(), Length(max=200)])
    text = TextAreaField(
        _l("Text"),
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
