"""Staff pages about who comes and goes: today, alarms, guests, one member, counts of a period."""

from samut_hub.visits.web import alarms, counts, guests, lists
from samut_hub.visits.web.blueprint import pages

__all__ = ["alarms", "counts", "guests", "lists", "pages"]
