"""Staff pages about devices: the fleet, one device, orders, groups, what they are set to do, alerts, conflicts."""

from samut_hub.fleet.web import alerts, conflicts, devices, gates, groups, orders, setting_up
from samut_hub.fleet.web.blueprint import pages
from samut_hub.fleet.web.conflict_words import CONFLICTS

__all__ = ["CONFLICTS", "alerts", "conflicts", "devices", "gates", "groups", "orders", "pages", "setting_up"]
