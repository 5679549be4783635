"""What edge devices fetch over HTTP."""

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from samut_hub.fleet.snapshots import snapshot_file
from samut_hub.web.hub import the_hub

edge_api = Blueprint("edge_api", __name__, url_prefix="/edge")


@edge_api.get("/snapshot/<token>")
def snapshot(token: str) -> Response:
    """The bytes of a snapshot; ranges and ETag are honoured, so that a broken download goes on."""
    path = snapshot_file(the_hub().config, token)
    return send_file(path, mimetype="application/gzip", conditional=True)
