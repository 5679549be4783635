"""Whole replicas as files: written in flat memory, signed, fetched by devices from a short-lived address."""

import gzip
import hashlib
from datetime import datetime
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from samut_hub.config import Config
from samut_hub.errors import NotFoundError
from samut_hub.fleet.certificates import sign_snapshot
from samut_hub.fleet.replica_rows import snapshot_rows
from samut_hub.libraries.models import Library
from samut_hub.secrets import read_secret
from samut_wire import codec
from samut_wire import messages as m

GOOD_SECONDS = 900


def offer_snapshot(session: Session, config: Config, library: Library, now: datetime) -> m.SnapshotOffered:
    """Make the library's snapshot unless there is one of this version, and tell where it can be fetched."""
    folder = config.home / "snapshots"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{library.code}-{library.replica_version}.jsonl.gz"
    header_path = path.with_suffix(".header")
    if not header_path.exists():
        header = _write(session, library, path, now)
        part = header_path.with_suffix(".part")
        part.write_bytes(codec.encode_header(header))
        part.rename(header_path)
        _forget_others(folder, library.code, path)
    signed = header_path.read_bytes()
    return m.SnapshotOffered(
        path=f"/edge/snapshot/{_serializer(config).dumps(path.name)}",
        header=signed.hex(),
        signature=sign_snapshot(config.secrets, signed).hex(),
    )


def forget_snapshots(config: Config) -> None:
    """At the start of the worker: the database may have been put back, and a version mean something else now."""
    for old in (config.home / "snapshots").glob("*"):
        old.unlink()


def snapshot_file(config: Config, token: str) -> Path:
    """The file that an address names; raises NotFoundError when it is forged, too old or gone."""
    try:
        name = str(_serializer(config).loads(token, max_age=GOOD_SECONDS))
    except BadSignature:
        raise NotFoundError("This address is not valid, or no longer; ask for a new snapshot.") from None
    path = config.home / "snapshots" / name
    if not path.exists():
        raise NotFoundError("This snapshot was replaced by a newer one; ask again.")
    return path


def _write(session: Session, library: Library, path: Path, now: datetime) -> m.SnapshotHeader:
    version, code, rows = library.replica_version, library.code, 0
    part = path.with_suffix(".part")
    with gzip.GzipFile(part, "wb", compresslevel=3, mtime=0) as file:
        for row in snapshot_rows(session, library):
            file.write(codec.encode_row(row) + b"\n")
            rows += 1
    with part.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    part.rename(path)
    return m.SnapshotHeader(library=code, version=version, made_at=now, rows=rows, sha256=digest)


def _forget_others(folder: Path, code: str, keep: Path) -> None:
    for old in folder.glob(f"{code}-*.jsonl.gz"):
        if old != keep:
            old.unlink()
            old.with_suffix(".header").unlink(missing_ok=True)


def _serializer(config: Config) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(read_secret(config, "session.key"), salt="edge-snapshot")
