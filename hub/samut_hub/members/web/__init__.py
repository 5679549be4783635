"""Staff pages about members."""

from samut_hub.members.web import cards, fields, groups, people, signing_in
from samut_hub.members.web.blueprint import pages

__all__ = ["cards", "fields", "groups", "pages", "people", "signing_in"]
