"""Identifiers of commands: UUID version 7 (RFC 9562 section 5.7), so that they sort by time."""

import secrets
import uuid


def command_id(unix_ms: int) -> str:
    """A new UUIDv7 for the moment `unix_ms` (milliseconds since 1970, UTC)."""
    value = (unix_ms & (1 << 48) - 1) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def is_command_id(text: str) -> bool:
    """Whether the text is a UUID in its usual spelling."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
