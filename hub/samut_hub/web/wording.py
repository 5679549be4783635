"""The translators' files: gather the sentences of each capability, compile them, and tell what is not translated.

`python -m samut_hub.web.wording members catalogue/labels` gathers the sentences of these capabilities, or parts of
one with pages of their own, compiles all, and says what is missing. English is what stands in the sources. What the
layout translates is not asked for again.
"""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from samut_hub.web.language import PACKAGE

LOCALE = "th"
LAYOUT = PACKAGE / "web"
_KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}


def capabilities() -> list[Path]:
    """Every folder that speaks to people, parts of capabilities too; the layout first."""
    found = (PACKAGE.glob(f"{depth}/{name}") for depth in ("*", "*/*") for name in ("templates", "forms.py"))
    others = {path.parent for paths in found for path in paths}
    return [LAYOUT, *sorted(others - {LAYOUT})]


def sentences_in(folder: Path) -> Catalog:
    """What the sources of a capability say, without its parts that have translators' files of their own."""
    with (PACKAGE.parent / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found, parts = Catalog(), tuple(f"{path.name}/" for path in capabilities() if path.parent == folder)
    for name, line, sentence, _, context in extract_from_dir(folder, methods, options, keywords=_KEYWORDS):
        if not name.startswith(parts):
            found.add(sentence, locations=[(f"{name_of(folder)}/{name}", line)], context=context)
    return found


def name_of(folder: Path) -> str:
    return folder.relative_to(PACKAGE).as_posix()


def file_of(folder: Path) -> Path:
    return folder / "translations" / LOCALE / "LC_MESSAGES" / "messages.po"


def translated_in(folder: Path) -> Catalog:
    path = file_of(folder)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def missing() -> Iterator[tuple[str, Message]]:
    """Every sentence without a Thai translation, with the name of its capability."""
    layout = translated_in(LAYOUT)
    for folder in capabilities():
        known = translated_in(folder)
        for message in sentences_in(folder):
            if message.id and not any(_says(catalog, message) for catalog in (known, layout)):
                yield name_of(folder), message


def gather(folder: Path) -> None:
    """Bring the translators' file of a capability up to date; sentences no longer said are dropped."""
    layout = translated_in(LAYOUT) if folder != LAYOUT else Catalog()
    known = translated_in(folder)
    fresh = _empty()
    for message in sentences_in(folder):
        if message.id and not _says(layout, message):
            old = known.get(message.id)
            places = sorted({(name, 0) for name, _ in message.locations})
            fresh.add(message.id, old.string if old else None, locations=places)
    if not len(fresh):
        return
    path = file_of(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, fresh, sort_output=True, include_lineno=False, width=110)


def compile_all() -> None:
    """Write the files that the application reads, where they are older than the translators'."""
    for source in PACKAGE.glob("**/translations/*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)


def _empty() -> Catalog:
    """Without names and times, so that the file changes only where its sentences do."""
    then = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(
        LOCALE, project="Samut", version="1", header_comment="", fuzzy=False, last_translator="-", language_team="-",
        msgid_bugs_address="-", creation_date=then, revision_date=then,
    )  # fmt: skip


def _compile(source: Path, target: Path) -> None:
    beside = target.with_suffix(f".{os.getpid()}")
    with source.open("rb") as file, beside.open("wb") as out:
        write_mo(out, read_po(file, locale=LOCALE))
    beside.replace(target)


def _says(catalog: Catalog, message: Message) -> bool:
    found = catalog.get(message.id)
    if found is None or found.fuzzy:
        return False
    return all((found.string,) if isinstance(found.string, str) else found.string or ("",))


if __name__ == "__main__":
    for named in sys.argv[1:]:
        gather(PACKAGE / named)
    compile_all()
    for name, message in missing():
        print(f"{name}: {message.id!r} has no translation")  # noqa: T201 — the answer to a person at a terminal
