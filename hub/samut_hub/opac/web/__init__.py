"""Public pages: the catalogue of a library, or of all libraries of the hub, for everybody."""

from samut_hub.opac.web import (
    basket,
    booking,
    browsing,
    elsewhere,
    feeds,
    finding,
    home,
    my,
    my_notices,
    my_visits,
    phone_card,
    titles,
)
from samut_hub.opac.web.blueprint import pages

__all__ = [
    "basket",
    "booking",
    "browsing",
    "elsewhere",
    "feeds",
    "finding",
    "home",
    "my",
    "my_notices",
    "my_visits",
    "pages",
    "phone_card",
    "titles",
]
