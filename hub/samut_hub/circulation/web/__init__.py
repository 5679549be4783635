"""Staff pages about lending: the desk, its slips, the loan rules."""

from samut_hub.circulation.web import desk, holds, letting_pass, mishaps, moving, past, rules, slips
from samut_hub.circulation.web.blueprint import pages

__all__ = ["desk", "holds", "letting_pass", "mishaps", "moving", "pages", "past", "rules", "slips"]
