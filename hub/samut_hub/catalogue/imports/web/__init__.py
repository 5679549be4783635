"""Staff pages for bringing records in and giving them out."""

from samut_hub.catalogue.imports.web import bringing, columns, exporting, refused
from samut_hub.catalogue.imports.web.blueprint import pages

__all__ = ["bringing", "columns", "exporting", "pages", "refused"]
