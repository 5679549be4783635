"""The address under which the desk and all that belongs to it stand."""

from collections.abc import Sequence

from flask import Blueprint

from samut_hub.catalogue.models import Item
from samut_hub.circulation.loans import loans_of_item, open_loans_of_items
from samut_hub.circulation.models import Loan
from samut_hub.web.hub import db

pages = Blueprint(
    "circulation",
    "samut_hub.circulation",
    template_folder="templates",
    static_folder="static",
    url_prefix="/desk",
)


@pages.app_template_global("open_loans_of_items")
def _open_loans_of_items(items: Sequence[Item]) -> dict[int, Loan]:
    """For the catalogue's page of a title, which stands before circulation and cannot ask it."""
    return open_loans_of_items(db(), items)


@pages.app_template_global("loans_of_item")
def _loans_of_item(item: Item) -> Sequence[Loan]:
    """For the catalogue's page of an item."""
    return loans_of_item(db(), item)
