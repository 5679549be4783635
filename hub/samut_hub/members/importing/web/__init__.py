"""Staff pages that bring members in."""

from samut_hub.members.importing.web import bringing, columns, refused
from samut_hub.members.importing.web.blueprint import pages

__all__ = ["bringing", "columns", "pages", "refused"]
