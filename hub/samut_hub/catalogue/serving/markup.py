"""XML as text: whatever a record holds, what is written can be read."""

import re
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
MIMETYPE = "text/xml"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even as references (section 2.2)."""


def writable(text: str) -> str:
    """The text with a mark in place of what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def content(text: object) -> str:
    """Text between tags."""
    return escape(writable(str(text)), {"\r": "&#13;"})


def element(name: str, text: object, **attributes: object) -> str:
    """An element that holds text only."""
    given = "".join(f" {key}={quoteattr(_NOT_XML.sub('', str(value)))}" for key, value in attributes.items())
    return f"<{name}{given}>{content(text)}</{name}>"
