"""Staff pages about desk stations: where this browser works, what it hears from there, what it prints there."""

from samut_hub.fleet.desks.web import choosing, giving, hearing, pins, printing, reading
from samut_hub.fleet.desks.web.blueprint import pages

__all__ = ["choosing", "giving", "hearing", "pages", "pins", "printing", "reading"]
