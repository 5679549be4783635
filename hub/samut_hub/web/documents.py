"""Documents that a browser opens in place."""

from flask import Response


def shown_pdf(content: bytes, name: str) -> Response:
    """`name`, without its ending, is what the file is called where it is saved."""
    shown = Response(content, mimetype="application/pdf")
    shown.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return shown
