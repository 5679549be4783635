"""Pages of notices: the log, letters, settings, words, a member's choices, and what LINE sends."""

from samut_hub.notices.web import letters, line, log, members, settings, stop, texts
from samut_hub.notices.web.blueprint import pages

WITHOUT_TOKEN = (line.webhook, stop.stop)
"""What others than browsers send: LINE signs it, and an e-mail's address carries a signature."""

__all__ = ["WITHOUT_TOKEN", "letters", "line", "log", "members", "pages", "settings", "stop", "texts"]
