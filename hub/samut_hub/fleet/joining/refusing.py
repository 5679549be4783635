"""What the books shut out comes to the broker's list, once it stands in the books for good."""

import logging
from datetime import datetime

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.joining.given import revoked_serials
from samut_hub.fleet.revocations import tell_broker, write_revocations

log = logging.getLogger(__name__)


def refuse_revoked(database: Database, config: Config, now: datetime) -> bool:
    """Put all certificates that the books refuse on the list. False when the broker must be started again to hear of
    it. Come after the commit: a list before it would know of what may never be, or not of what another commits."""
    with database.session(None, writes=False) as session:
        serials = revoked_serials(session)
    if not write_revocations(config.secrets, serials, now) or tell_broker(config):
        return True
    log.warning("the broker could not be told of refused certificates: start it again")
    return False
