"""Staff pages about money: what a member owes, receipts, the accounts of the day, the library's settings."""

from samut_hub.charges.web import accounts, closings, of_member, receipts, settings
from samut_hub.charges.web.blueprint import pages

__all__ = ["accounts", "closings", "of_member", "pages", "receipts", "settings"]
