"""Secrets of the hub: made once, kept in the home folder for its user alone, never with a default."""

import os
import secrets
from pathlib import Path

from samut_hub.config import Config
from samut_hub.errors import ConfigError

RANDOM = ("session.key", "card.key")
"""Files of 32 random bytes: signs cookies; hashes card numbers."""
METRICS = "metrics.token"
"""What Prometheus shows to be let in, as text that fits into its settings."""


def make_secrets(config: Config) -> None:
    """Make what is missing; what is there stays as it is."""
    config.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in RANDOM:
        keep_secret(config.secrets / name, secrets.token_bytes(32))
    keep_secret(config.secrets / METRICS, secrets.token_hex(32).encode())


def read_secret(config: Config, name: str) -> bytes:
    """The secret with this file name; raises ConfigError when the hub was not set up."""
    try:
        return (config.secrets / name).read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"The secret {config.secrets / name} is missing. Run “samut setup” first.") from None


def replace_secret(path: Path, content: bytes) -> None:
    """Write the file for this user alone, whole or not at all, in place of one that is there."""
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def keep_secret(path: Path, content: bytes) -> bool:
    """Write the file for this user alone unless it exists; whether it was written."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return True
