"""Staff pages about titles and items."""

from samut_hub.catalogue.web import copies, start, titles
from samut_hub.catalogue.web.blueprint import pages

__all__ = ["copies", "pages", "start", "titles"]
