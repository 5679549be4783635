"""Staff pages about lending: the desk, its slips, the loan rules."""

from samut_hub.circulation.web import (
    claims,
    damages,
    day_lists,
    desk,
    hold_slips,
    holds,
    letting_pass,
    mishaps,
    moving,
    past,
    pickups,
    quick_items,
    renewable,
    returns,
    rules,
    slips,
    suspensions,
)
from samut_hub.circulation.web.blueprint import pages

__all__ = [
    "claims",
    "damages",
    "day_lists",
    "desk",
    "hold_slips",
    "holds",
    "letting_pass",
    "mishaps",
    "moving",
    "pages",
    "past",
    "pickups",
    "quick_items",
    "renewable",
    "returns",
    "rules",
    "slips",
    "suspensions",
]
