"""Whether the hub is reached as the agent will reach it: its broker with our certificate, its pages by HTTP."""

import asyncio
import contextlib
import ssl
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from samut_edge.clock import Clock
from samut_edge.found import Found, fail, ok, warn
from samut_edge.identity import pair_of
from samut_edge.settings import Settings

APART = timedelta(seconds=60)
REFUSAL_SECONDS = 1.0
"""With TLS 1.3 a server says only after the handshake that it does not take a certificate."""


async def check_broker(settings: Settings, seconds: float) -> Found:
    hub = settings.hub
    where = f"{hub.host}:{hub.mqtt_port}"
    try:
        pair = pair_of(settings)
        context = ssl.create_default_context(cafile=str(settings.file(hub.ca)))
        context.load_cert_chain(pair.certificate, pair.key)
    except (OSError, ssl.SSLError) as error:
        return fail("hub's broker", f"not tried: {error}", "See files and certificate above.")
    try:
        async with asyncio.timeout(seconds):
            return await _knock(hub.host, hub.mqtt_port, context)
    except ssl.SSLCertVerificationError as error:
        return fail("hub's broker", f"{where}: {error.verify_message}", _WRONG_HUB)
    except ssl.SSLError as error:
        return fail("hub's broker", f"{where} refuses this device: {error.reason}", _REFUSED)
    except (OSError, TimeoutError) as error:
        return fail("hub's broker", f"{where}: {error or 'no answer'}", _AWAY)


_WRONG_HUB = (
    "Is this the hub that made this device's folder? `host` must be a name in its certificate, the clock right."
)
_REFUSED = "Its certificate ended or was revoked: let the device join the hub anew."
_AWAY = "Is the hub on, the cable in, and does a firewall let this port through?"


async def _knock(host: str, port: int, context: ssl.SSLContext) -> Found:
    reader, writer = await asyncio.open_connection(host, port, ssl=context)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader.read(1), REFUSAL_SECONDS)
        tls = writer.get_extra_info("ssl_object")
        return ok("hub's broker", f"{host}:{port}, {tls.version()}, takes this device's certificate")
    finally:
        writer.close()


async def check_pages(settings: Settings, seconds: float, clock: Clock) -> Found:
    """The pages' own clock is compared with ours on the way."""
    url = settings.hub.url
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as http,
            http.get(url, allow_redirects=False) as answer,
        ):
            return _judge(url, answer, clock())
    except (aiohttp.ClientError, TimeoutError) as error:
        return fail("hub's pages", f"{url}: {error or 'no answer'}", "Is the hub on, and `url` in [hub] its address?")


def _judge(url: str, answer: aiohttp.ClientResponse, now: datetime) -> Found:
    if answer.status >= 500:
        return fail("hub's pages", f"{url} answers {answer.status}", "Look at the hub's log.")
    told = answer.headers.get("Date")
    apart = abs(parsedate_to_datetime(told) - now) if told else timedelta()
    if apart > APART:
        return warn("hub's pages", f"{url} answers; its clock is {apart} from ours", "Put the wrong one right.")
    return ok("hub's pages", f"{url} answers")
