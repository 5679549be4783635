"""Files of members that were handed over. They hold what is secret about people, so none stays longer than needed."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from zipfile import is_zipfile

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from samut_hub import durable, uploads
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.members.importing import columns
from samut_hub.members.importing.models import MemberImport, RefusedRow
from samut_hub.members.importing.policy import Kind
from samut_hub.members.own_fields import own_fields
from samut_hub.tables import coding_of, excel_to_csv, header_of, is_picture, is_text, is_workbook
from samut_hub.uploads import Stored

LARGEST_TABLE, LARGEST_PHOTOS = 50 * 1024 * 1024, 500 * 1024 * 1024
KEPT_FOR = timedelta(days=7)
"""How long a file stays with which nothing was done."""
REFUSED_FOR = timedelta(days=30)
"""How long the rows that were refused can be downloaded; then what they say of people is forgotten."""
_START = 1 << 20


class UnknownFileError(Exception):
    """The file is none of those that can be brought in."""


def folder(config: Config) -> Path:
    path = config.home / "member-imports"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def store(config: Config, file: BinaryIO, *, most: int) -> Stored:
    """Keep the file under its own digest. Raises FileTooLargeError."""
    return uploads.store(folder(config), file, most=most)


def path_of(config: Config, run: MemberImport) -> Path:
    """What is read of the import: the file, or the CSV that was made of an Excel file. Raises NotFoundError."""
    path = folder(config) / (run.digest + (".csv" if run.kind == Kind.EXCEL else ""))
    if not path.exists():
        raise NotFoundError(f"The file of import {run.id} of members is gone.")
    return path


def made_ready(config: Config, stored: Stored, file_name: str, *, photos: bool, now: datetime) -> MemberImport:
    """An import that no session knows yet: what takes long is done before. Raises UnknownFileError, TableError."""
    kind = _photos(stored.path) if photos else _table(stored.path)
    run = MemberImport(
        kind=kind.value,
        file_name=uploads.shown_name(file_name),
        digest=stored.digest,
        size=stored.size,
        started_at=now,
    )
    if kind is Kind.EXCEL:
        durable.write(stored.path.with_suffix(".csv"), excel_to_csv(stored.path))
        run.encoding = "utf-8-sig"
    elif kind is Kind.CSV:
        run.encoding = coding_of(stored.path)
    return run


def keep_import(session: Session, config: Config, run: MemberImport) -> MemberImport:
    if Kind(run.kind).is_table:
        read_header(session, config, run)
    session.add(run)
    session.flush()
    return run


def read_header(session: Session, config: Config, run: MemberImport) -> None:
    """Guess the columns; a table with the same header as an earlier one has the columns that were chosen then."""
    if not run.encoding:
        return
    run.header = header_of(path_of(config, run), run.encoding)
    run.header_key = columns.header_key(run.header)
    same = (MemberImport.header_key == run.header_key, MemberImport.begun_at.is_not(None))
    earlier = select(MemberImport.columns).where(*same).order_by(MemberImport.id.desc()).limit(1)
    fields = own_fields(session)
    own = {name: one.id for one in fields for name in (one.name_en, one.name_th) if name}
    known = {f"{columns.OWN}{one.id}" for one in fields} | {column.value for column in columns.Column}
    remembered = [name if name in known else "" for name in session.scalar(earlier) or []]
    run.columns = remembered or columns.guess(run.header, own)


def unused(session: Session, config: Config, digest: str) -> None:
    """Take the file away unless another import, of any library, is still to read it."""
    imports = MemberImport.__table__.c
    waiting = (imports.digest == digest, imports.finished_at.is_(None), imports.undone_at.is_(None))
    if session.execute(select(imports.id).where(*waiting).limit(1)).first() is None:
        for name in (digest, f"{digest}.csv"):
            (folder(config) / name).unlink(missing_ok=True)


def sweep(database: Database, config: Config, now: datetime) -> None:
    """Take away files with which nothing was done for days, and what rows said that were refused long ago."""
    with database.session(None) as session:
        stale = (MemberImport.begun_at.is_(None), MemberImport.started_at < now - KEPT_FOR)
        for run in session.scalars(select(MemberImport).where(*stale)).all():
            session.delete(run)
        old = select(MemberImport.id).where(MemberImport.begun_at < now - REFUSED_FOR)
        worn = (RefusedRow.import_id.in_(old), (RefusedRow.row != b"") | (RefusedRow.detail != ""))
        session.execute(update(RefusedRow).where(*worn).values(row=b"", detail=""))
        going = (MemberImport.finished_at.is_(None), MemberImport.undone_at.is_(None))
        needed = set(session.scalars(select(MemberImport.digest).where(*going)))
    before = (now - KEPT_FOR).timestamp()
    for path in folder(config).iterdir():
        if path.stem not in needed and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _photos(path: Path) -> Kind:
    if not is_zipfile(path):
        raise UnknownFileError
    return Kind.PHOTOS


def _table(path: Path) -> Kind:
    with path.open("rb") as file:
        first = file.read(_START)
    if is_workbook(first):
        return Kind.EXCEL
    if is_picture(first) or not is_text(first):
        raise UnknownFileError
    return Kind.CSV
