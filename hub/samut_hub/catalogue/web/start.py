"""Where work with the catalogue begins: its search, and the list of all other work."""

from flask import render_template

from samut_hub.catalogue.searching.web.finding import results
from samut_hub.catalogue.web.blueprint import pages
from samut_hub.web.hub import needs


@pages.get("/")
@needs()
def index() -> str:
    return results()


@pages.get("/work")
@needs()
def work() -> str:
    return render_template("catalogue/work.html")
