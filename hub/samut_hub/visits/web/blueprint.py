"""The blueprint that the pages of visits share."""

from datetime import datetime, timedelta

from flask import Blueprint

from samut_hub.libraries.service import calendar_of
from samut_hub.web.hub import library, now, session_of_request

pages = Blueprint(
    "visits",
    __name__,
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/visits/static",
)


def day_began() -> datetime:
    """The last moment of yesterday, by the library's clock."""
    calendar = calendar_of(session_of_request(), library())
    return calendar.end_of(calendar.local_day(now()) - timedelta(days=1))
