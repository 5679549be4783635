"""Staff pages for printed cards."""

from samut_hub.cards.web import designing, pictures, printing, replacing
from samut_hub.cards.web.blueprint import pages

__all__ = ["designing", "pages", "pictures", "printing", "replacing"]
