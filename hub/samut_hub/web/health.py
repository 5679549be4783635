"""Whether the hub can work: for supervisors and load balancers, so without sign-in and without details."""

from flask import Blueprint, Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from samut_hub.migrations import is_current
from samut_hub.web.hub import the_hub

pages = Blueprint("health", __name__)


@pages.get("/health")
def health() -> tuple[dict[str, bool], int]:
    """Each part by name; 503 when one is not well."""
    parts = {"database": True, "migrations": True}
    try:
        parts["migrations"] = is_current(the_hub().database.engine)
    except (OperationalError, PoolTimeoutError):
        parts = {"database": False, "migrations": False}
    return parts, 200 if all(parts.values()) else 503


@pages.get("/ready")
def ready() -> Response:
    """Whether requests may be sent here: 204 or 503."""
    _, status = health()
    return Response(status=204 if status == 200 else 503)
