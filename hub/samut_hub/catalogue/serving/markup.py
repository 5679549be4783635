"""XML as text: whatever a record holds, what is written can be read."""

from xml.sax.saxutils import escape, quoteattr

from samut_hub.catalogue.records.marcxml import NOT_XML, writable

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
MIMETYPE = "text/xml"


def content(text: object) -> str:
    """Text between tags."""
    return escape(writable(str(text)), {"\r": "&#13;"})


def element(name: str, text: object, **attributes: object) -> str:
    """An element that holds text only."""
    given = "".join(f" {key}={quoteattr(NOT_XML.sub('', str(value)))}" for key, value in attributes.items())
    return f"<{name}{given}>{content(text)}</{name}>"
