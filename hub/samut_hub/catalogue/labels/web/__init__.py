"""Staff pages for labels."""

from samut_hub.catalogue.labels.web import colours, printing, sheets
from samut_hub.catalogue.labels.web.blueprint import pages

__all__ = ["colours", "pages", "printing", "sheets"]
