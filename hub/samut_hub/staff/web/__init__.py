"""Sign-in and sign-out, one's own password and rights, and the accounts and roles of the library's staff."""

from samut_hub.staff.web import accounts, roles, school, second_step, settings, signing_in
from samut_hub.staff.web.blueprint import pages

__all__ = ["accounts", "pages", "roles", "school", "second_step", "settings", "signing_in"]
