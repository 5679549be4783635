"""Whom the device believes over TLS. Who does not know what time it is cannot say that a certificate has ended: then
names and signatures are checked, and times are not."""

import ssl
from pathlib import Path

NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME."""


def trust(authority: Path | None = None, *, knows_time: bool) -> ssl.SSLContext:
    """In this authority alone, or in those that the computer trusts."""
    context = ssl.create_default_context(cafile=str(authority) if authority else None)
    if not knows_time:
        context.verify_flags |= NO_CHECK_TIME
    return context
