"""What is out now, remembered for a few seconds by this process."""

from flask import current_app

from samut_hub.catalogue.lending import Out, OutNow
from samut_hub.web.hub import db, now


def out_now() -> Out:
    """Titles that nobody finds on the shelves of the libraries that the request's session sees."""
    known: OutNow = current_app.extensions.setdefault("samut_out", OutNow())
    return known.of(db(), now())
