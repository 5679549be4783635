"""The staff's search of titles, and what it has in common with the public one."""

from samut_hub.catalogue.searching.web import finding, keeping
from samut_hub.catalogue.searching.web.blueprint import pages

__all__ = ["finding", "keeping", "pages"]
