"""Staff pages about members."""

from samut_hub.members.web import cards, changes, editing, fields, groups, people, renewing, rollover, signing_in
from samut_hub.members.web.blueprint import pages

__all__ = ["cards", "changes", "editing", "fields", "groups", "pages", "people", "renewing", "rollover", "signing_in"]
