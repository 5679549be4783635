"""Who may speak to the device's pages: the device's own pages, under a name that no stranger's DNS can point here."""

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

STRANGE_NAME = (
    "กรุณาเปิดหน้านี้ด้วยหมายเลข IP หรือชื่อเครื่องของอุปกรณ์นี้\nOpen this page by the device's IP address or its own host name.\n"
)
BARE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def only_by_own_name(page_host: str) -> Middleware:
    """Turns away what asks for another host, whatever the path: else a name that was pointed here after its page was
    loaded (DNS rebinding) would make that page one of ours. `page_host` is the name in the device's settings."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _is_own_name(_host_name(request.host), page_host):
            return web.Response(status=403, text=STRANGE_NAME, headers=BARE)
        return await handler(request)

    return guard


def is_from_own_page(request: web.Request) -> bool:
    """Whether the page that asks was loaded from here; browsers say so in Origin, and pages cannot change that."""
    origin = request.headers.get("Origin", "")
    return origin in (f"http://{request.host}", f"https://{request.host}")


def _host_name(host: str) -> str:
    """In small letters, without the port; empty when there is none to be found."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_own_name(name: str, page_host: str) -> bool:
    own = ("localhost", page_host.lower(), socket.gethostname().lower())
    return bool(name) and (name in own or _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
