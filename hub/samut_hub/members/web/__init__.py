"""Staff pages about members."""

from samut_hub.members.web import cards, groups, people, signing_in
from samut_hub.members.web.blueprint import pages

__all__ = ["cards", "groups", "pages", "people", "signing_in"]
