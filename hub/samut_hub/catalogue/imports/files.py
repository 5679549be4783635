"""Files that were handed over: what they are, and where they lie until nobody needs them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub import durable, uploads
from samut_hub.catalogue.imports import columns
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.imports.policy import Action, Format, Match
from samut_hub.catalogue.records.iso2709 import RECORD_END
from samut_hub.catalogue.records.splitting import looks_like_leader
from samut_hub.catalogue.records.xml_splitting import looks_like_xml
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.tables import coding_of, csv_line, excel_to_csv, header_of, is_picture, is_text, is_workbook
from samut_hub.uploads import Stored, shown_name

LARGEST = 100 * 1024 * 1024
KEPT_FOR = timedelta(days=7)
"""How long a file stays that no import needs: one may be about to."""
_CHUNK = 1 << 20
_BLANK = b"\xef\xbb\xbf\r\n \t\0\x1a"


class UnknownFileError(Exception):
    """The file is none of those that can be brought in."""


def folder(config: Config) -> Path:
    path = config.home / "imports"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def store(config: Config, file: BinaryIO) -> Stored:
    """Keep the file under its own digest. Raises FileTooLargeError."""
    return uploads.store(folder(config), file, most=LARGEST)


def path_of(config: Config, run: Import) -> Path:
    """What is read of the import: the file, or the CSV that was made of an Excel file."""
    return folder(config) / (run.digest + (".csv" if run.format == Format.EXCEL else ""))


def path_there(config: Config, run: Import) -> Path:
    """The same, when it is still there; raises NotFoundError."""
    path = path_of(config, run)
    if not path.exists():
        raise NotFoundError(f"The file of import {run.id} is gone.")
    return path


def format_of(path: Path) -> Format:
    """By what is in the file, not by its name. Raises UnknownFileError."""
    with path.open("rb") as file:
        first = file.read(_CHUNK)
    if is_workbook(first):
        return Format.EXCEL
    if is_picture(first):
        raise UnknownFileError
    start = first.lstrip(_BLANK)
    if looks_like_leader(start[:24]) or (RECORD_END in first and b"\x1e" in first):
        return Format.MARC
    if looks_like_xml(first):
        return Format.MARCXML
    if not is_text(first):
        raise UnknownFileError
    return Format.CSV


def new_import(session: Session, config: Config, stored: Stored, file_name: str, *, now: datetime) -> Import:
    """An import of the file, to be looked at first. Raises UnknownFileError and TableError."""
    return keep_import(session, config, made_ready(config, stored, file_name, now=now))


def made_ready(config: Config, stored: Stored, file_name: str, *, now: datetime) -> Import:
    """An import that no session knows yet: what takes long is done before one. Raises as `new_import`."""
    kind = format_of(stored.path)
    run = Import(file_name=shown_name(file_name), digest=stored.digest, size=stored.size, format=kind, started_at=now)
    run.match, run.action = Match.SAME.value, Action.SKIP.value
    if kind is Format.EXCEL:
        _as_csv(config, run)
        run.encoding = "utf-8-sig"
    if kind is Format.CSV:
        run.encoding = coding_of(path_of(config, run))
    if kind.is_table:
        run.match, run.with_copies = Match.ISBN.value, True
    return run


def keep_import(session: Session, config: Config, run: Import) -> Import:
    if Format(run.format).is_table:
        read_header(session, config, run)
    session.add(run)
    session.flush()
    return run


def read_header(session: Session, config: Config, run: Import) -> None:
    """Guess the columns; a table with the same header as an earlier one has the columns that were chosen then."""
    if not run.encoding:
        return
    header = header_of(path_of(config, run), run.encoding)
    run.header_key = columns.header_key(header)
    same = (Import.header_key == run.header_key, Import.begun_at.is_not(None))
    remembered = session.scalar(select(Import.columns).where(*same).order_by(Import.id.desc()).limit(1))
    run.columns = remembered or columns.guess(header)


def unused(session: Session, config: Config, digest: str) -> None:
    """Take the file away unless another import is of it, of any library."""
    imports = Import.__table__.c
    if session.execute(select(imports.id).where(imports.digest == digest).limit(1)).first() is None:
        for name in (digest, f"{digest}.csv"):
            (folder(config) / name).unlink(missing_ok=True)


def sweep(database: Database, config: Config, now: datetime) -> None:
    """Take away the files of imports that came to their end, and what was left over, after some days."""
    with database.session(None, writes=False) as session:
        is_open = (Import.finished_at.is_(None), Import.undone_at.is_(None))
        needed = set(session.scalars(select(Import.digest).where(*is_open)))
    before = (now - KEPT_FOR).timestamp()
    for path in folder(config).iterdir():
        if path.name.partition(".")[0] not in needed and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def template(language: str) -> list[list[str]]:
    """The rows of a table to fill in: the header, and one line that shows how."""
    example = {
        "title": "ลุงสนกับป้าสาย", "author": "สมชาย ใจดี", "isbn": "9789747047981", "call_number": "น ส225ล",
        "publisher": "สำนักพิมพ์ตัวอย่าง", "publication_place": "กรุงเทพฯ", "year": "2566", "edition": "1",
        "extent": "120 หน้า", "subjects": "นิทานไทย; ชีวิตชนบท", "language": "ไทย", "material": "หนังสือ",
        "accession_number": "000123", "copies": "1", "place": "ห้องสมุดกลาง", "category": "นิทาน", "price": "120.50",
        "source": "งบประมาณ", "received_on": "21/11/2569",
    }  # fmt: skip
    row = [example.get(column.value, "") for column in columns.HEADERS]
    return [columns.template_header(language), row]


def template_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    return b"\xef\xbb\xbf" + b"".join(map(csv_line, rows))


def _as_csv(config: Config, run: Import) -> None:
    made = excel_to_csv(folder(config) / run.digest)
    durable.write(path_of(config, run), made)
