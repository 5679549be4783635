"""The doors for other systems: SRU to search, OAI-PMH to harvest. Both are open to all, and only read."""

from flask import Blueprint, Response
from flask.blueprints import BlueprintSetupState

from samut_hub.catalogue.serving.harvesting import answer_harvester
from samut_hub.catalogue.serving.searching import answer_searcher

pages = Blueprint("serving", __name__)


@pages.route("/oai", methods=["GET", "POST"])
def oai() -> Response:
    return answer_harvester()


@pages.get("/sru")
def sru() -> Response:
    return answer_searcher()


@pages.record_once
def _let_harvesters_post(state: BlueprintSetupState) -> None:
    """A harvester may send its arguments as a form, which has no token and changes nothing."""
    state.app.extensions["csrf"].exempt(oai)
