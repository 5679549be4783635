"""The device's certificate renews itself, a month before it ends, over the connection that the present one opens."""

import asyncio
import logging
from datetime import timedelta

from cryptography import x509

from samut_edge.clock import TrueTime
from samut_edge.identity import IdentityError, keep_pair, kept_key, pair_of, request_for
from samut_edge.settings import Settings
from samut_edge.uplink import HubAwayError, Uplink
from samut_wire import messages as m
from samut_wire.topics import Kind

log = logging.getLogger(__name__)

KEY_FILE = "renewal.key"
RENEWED_BEFORE = timedelta(days=30)
LOOK_SECONDS, PATIENCE = 5.0, 10.0
NEXT_TRY = 3600.0
"""Seconds after one that failed; and between two warnings that the certificate has ended."""

ENDED = (
    "The certificate of %s ended on %s, so the hub lets it in no more. Make a new code on the hub (Devices, Add a "
    "device, Join again); enter it on this device's page under /join, or put it into claim.txt beside its settings."
)


class Renewal:
    """`run` looks every few seconds, so that a device that was away for long renews as soon as it is back. It also
    keeps how late it is, by which an end that has passed is known."""

    def __init__(self, settings: Settings, uplink: Uplink, clock: TrueTime) -> None:
        self._settings = settings
        self._uplink = uplink
        self._clock = clock
        self._wait = 0.0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if self._clock.is_to_be_kept:
                await asyncio.to_thread(self._clock.keep)
            if self._wait <= 0:
                await self.look()
            await asyncio.sleep(LOOK_SECONDS)
            self._wait -= LOOK_SECONDS

    async def look(self) -> None:
        """Renew if it is time for that."""
        left = pair_of(self._settings).ends_at - self._clock()
        if left > RENEWED_BEFORE or not self._clock.is_possible:
            return
        if self._uplink.is_connected:
            self._wait = 0.0 if await self._renew() else NEXT_TRY
        elif left <= timedelta():
            log.error(ENDED, self._settings.device, f"{pair_of(self._settings).ends_at:%Y-%m-%d}")
            self._wait = NEXT_TRY

    async def _renew(self) -> bool:
        """The key stays the same until there is a certificate for it: an answer that was lost is asked for again."""
        path = self._settings.file(KEY_FILE)
        key = kept_key(path)
        asked = self._uplink.letter(
            m.CertificateAsked(request=request_for(key, self._settings.device)), ends=PATIENCE
        )
        try:
            given = await self._uplink.ask(Kind.ASK_CERTIFICATE, asked, m.CertificateGiven, PATIENCE)
            authority = x509.load_pem_x509_certificate(self._settings.file(self._settings.hub.ca).read_bytes())
            keep_pair(self._settings.folder, given.certificate, key, authority)
        except HubAwayError as away:
            log.warning("the certificate was not renewed: %s", away)
            return not away.asked
        except IdentityError as error:
            log.warning("the certificate was not renewed: %s", given.fault or error)
            return False
        path.unlink(missing_ok=True)
        log.info("the certificate was renewed, until %s", pair_of(self._settings).ends_at)
        self._uplink.reconnect()
        return True
