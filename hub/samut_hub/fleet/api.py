"""What edge devices fetch over HTTP, and what Prometheus does."""

import hmac

from flask import Blueprint, abort, request, send_file
from flask import Response as Answer
from werkzeug.wrappers import Response

from samut_hub.fleet.metrics import metrics_text
from samut_hub.fleet.snapshots import snapshot_file
from samut_hub.secrets import METRICS, read_secret
from samut_hub.web.hub import the_hub

edge_api = Blueprint("edge_api", __name__, url_prefix="/edge")
metrics_api = Blueprint("metrics_api", __name__)


@edge_api.get("/snapshot/<token>")
def snapshot(token: str) -> Response:
    """The bytes of a snapshot; ranges and ETag are honoured, so that a broken download goes on."""
    path = snapshot_file(the_hub().config, token)
    return send_file(path, mimetype="application/gzip", conditional=True)


@metrics_api.get("/metrics")
def metrics() -> Answer:
    """Only with `Authorization: Bearer` and the token in secrets/metrics.token."""
    wanted = b"Bearer " + read_secret(the_hub().config, METRICS)
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted):
        abort(Answer(status=401, headers={"WWW-Authenticate": "Bearer"}))
    with the_hub().database.session(None, writes=False) as session:
        text = metrics_text(session, the_hub().clock())
    return Answer(text, content_type="text/plain; version=0.0.4; charset=utf-8")
