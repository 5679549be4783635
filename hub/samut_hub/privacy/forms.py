"""What a library chooses about the data of people."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from samut_hub.web.forms import Form

MOST = 240
MOST_OF_NOTICES = 6
"""Months after which notices go in any case."""
MOST_OF_GUESTS = 730


class RetentionForm(Form):
    """In months, but names of guests in days."""

    loans_months = IntegerField(_l("Past loans"), [InputRequired(), NumberRange(0, MOST)])
    visits_months = IntegerField(_l("Visits"), [InputRequired(), NumberRange(0, MOST)])
    notices_months = IntegerField(_l("Notices that were sent"), [InputRequired(), NumberRange(1, MOST_OF_NOTICES)])
    audit_months = IntegerField(_l("Who changed what"), [InputRequired(), NumberRange(0, MOST)])
    guests_days = IntegerField(_l("Names of guests, in days"), [InputRequired(), NumberRange(1, MOST_OF_GUESTS)])
