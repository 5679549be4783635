"""Citations of works, in the styles that schools and universities ask for.

APA: Publication Manual of the American Psychological Association, 7th edition, chapter 9; its Thai form as Thai
university libraries teach it. Chicago: The Chicago Manual of Style, 17th edition, chapters 14 and 15. Vancouver:
Citing Medicine, 2nd edition (National Library of Medicine).
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from samut_hub.catalogue.lists.citation_words import (
    ENGLISH,
    THAI,
    Words,
    edition_said,
    medium_said,
    publisher_said,
    thesis_said,
    year_said,
)
from samut_hub.catalogue.lists.names import Name, is_thai
from samut_hub.catalogue.lists.works import Work, work_of
from samut_hub.catalogue.records.marc import Description

Run = tuple[str, bool]
"""A piece of text, and whether it is in italics."""

MOST_IN_APA, MOST_IN_CHICAGO, MOST_IN_VANCOUVER = 20, 10, 6
_FIRST_IN_CHICAGO = 7


class Style(StrEnum):
    """How works are cited."""

    THAI = "thai"
    APA = "apa"
    CHICAGO = "chicago"
    CHICAGO_NOTES = "chicago_notes"
    VANCOUVER = "vancouver"


def cite(said: Work | Description, style: Style, language: str) -> list[Run]:
    """The citation. `language` is that of the list: a Thai work keeps Thai words in a Thai list.

    In APA they are always English, in the Thai form always Thai.
    """
    work = said if isinstance(said, Work) else work_of(said)
    words = THAI if work.is_thai and style is not Style.APA and (style is Style.THAI or language == "th") else ENGLISH
    return _merged(_STYLES[style](work, words))


def plain(runs: Sequence[Run]) -> str:
    return "".join(text for text, _ in runs)


def _apa(work: Work, words: Words) -> list[Run]:
    who = _people(work, words, _apa_name, MOST_IN_APA)
    thesis, medium = thesis_said(work, words), medium_said(work, words)
    edition = edition_said(work.edition, words)
    notes = [f" ({note})" for note in (_translators(work, words), edition) if note]
    if thesis or medium:
        notes.append(f" [{thesis or medium}]")
    if work.host:
        title: list[list[Run]] = [
            [(work.title, False)],
            [(work.host, True), (f", {work.part}" * bool(work.part), False)],
        ]
    else:
        title = [[(work.title, True), ("".join(notes), False)]]
    publisher = "" if thesis or work.host else publisher_said(work.publisher)
    if publisher and [one.whole for one in work.authors] == [publisher]:
        publisher = ""
    elif not publisher and words is THAI and not (thesis or work.host or work.address):
        publisher = THAI.no_publisher
    date: list[Run] = [(f"({year_said(work, words)})", False)]
    head = [[(who, False)], date, *title] if who else [title[0], date, *title[1:]]
    return _sentences(*head, [(publisher, False)], address=work.address)


def _chicago(work: Work, words: Words) -> list[Run]:
    """Author and date."""
    who = _people(work, words, _chicago_name, MOST_IN_CHICAGO)
    date: list[Run] = [(year_said(work, words), False)]
    title = _chicago_title(work, words)
    head = [[(who, False)], date, title] if who else [title, date]
    return _sentences(*head, *_chicago_rest(work, words, ""), address=work.address)


def _chicago_notes(work: Work, words: Words) -> list[Run]:
    """The bibliography of the style with notes."""
    who = _people(work, words, _chicago_name, MOST_IN_CHICAGO)
    rest = _chicago_rest(work, words, year_said(work, words))
    return _sentences([(who, False)], _chicago_title(work, words), *rest, address=work.address)


def _chicago_title(work: Work, words: Words) -> list[Run]:
    if not (work.host or thesis_said(work, words)):
        return [(work.title, True)]
    return [(f"“{work.title}.”", False)]


def _chicago_rest(work: Work, words: Words, year: str) -> list[list[Run]]:
    if work.host:
        part = " ".join(filter(None, (work.part, f"({year})" if year else "")))
        return [[(work.host, True), (f" {part}" * bool(part), False)]]
    thesis = thesis_said(work, words)
    if thesis:
        return [[(", ".join(filter(None, (thesis, year))), False)]]
    translators = " ".join(
        filter(None, (words.translated_by, _listed([one.straight for one in work.translators], words)))
    )
    published = ": ".join(
        filter(None, (work.place, publisher_said(work.publisher) or words.no_publisher * (words is THAI)))
    )
    return [
        [(edition_said(work.edition, words), False)],
        [(translators if work.translators else "", False)],
        [(", ".join(filter(None, (published, year))), False)],
        [(medium_said(work, words), False)],
    ]


def _vancouver(work: Work, words: Words) -> list[Run]:
    people = work.authors or work.editors
    names = [_vancouver_name(one) for one in people[:MOST_IN_VANCOUVER]]
    more = [words.and_others] if len(people) > MOST_IN_VANCOUVER else []
    joint = " " if words is THAI and more else ", "
    who = joint.join((", ".join(names), *more)) if names else ""
    if people and not work.authors:
        who += f", {words.editor[0] if words is THAI else 'editor' + 's' * (len(people) > 1)}"
    thesis = thesis_said(work, words).partition(",")[0].lower()
    kind = "Internet" if work.address else thesis or medium_said(work, words).lower()
    title = f"{work.title} [{kind}]" if kind else work.title
    tail = [(f"{words.from_address} {work.address}", False)] if work.address else []
    year = (
        year_said(work, words) if work.year is not None else f"[{words.no_date if words is THAI else 'date unknown'}]"
    )
    if work.host:
        part = [(f"{year}; {work.part}" if work.part else year, False)]
        return [*_sentences([(who, False)], [(title, False)], [(work.host, False)], part), *_spaced(tail)]
    publisher = work.school if thesis and work.school else publisher_said(work.publisher)
    published = f"{work.place or f'[{words.no_place}]'}: {publisher or f'[{words.no_publisher}]'}; {year}"
    translators = _listed([_vancouver_name(one) for one in work.translators], words, last="")
    role = words.translator if words is THAI else "translator" + "s" * (len(work.translators) > 1)
    return [
        *_sentences(
            [(who, False)],
            [(title, False)],
            [(edition_said(work.edition, words), False)],
            [(f"{translators}, {role}" if translators else "", False)],
            [(published, False)],
        ),
        *_spaced(tail),
    ]


_STYLES: dict[Style, Callable[[Work, Words], list[Run]]] = {
    Style.THAI: _apa,
    Style.APA: _apa,
    Style.CHICAGO: _chicago,
    Style.CHICAGO_NOTES: _chicago_notes,
    Style.VANCOUVER: _vancouver,
}


def _people(work: Work, words: Words, say: Callable[[Name, bool], str], most: int) -> str:
    """Authors; else editors, said to be so."""
    people = work.authors or work.editors
    names = [say(one, place == 0) for place, one in enumerate(people)]
    if len(names) > most and most == MOST_IN_CHICAGO:
        who = (
            f"{', '.join(names[:_FIRST_IN_CHICAGO])}, {words.and_others}"
            if words is ENGLISH
            else (f"{', '.join(names[:_FIRST_IN_CHICAGO])} {words.and_others}")
        )
    elif len(names) > most:
        who = f"{', '.join(names[: most - 1])}, . . . {names[-1]}"
    else:
        is_apa = most == MOST_IN_APA
        who = _listed(names, words, last="&" if is_apa and words is ENGLISH else words.last)
    if not people or work.authors:
        return who
    editor = words.editor[len(people) > 1]
    return f"{who} ({editor})" if most == MOST_IN_APA else f"{who}, {editor.lower()}"


def _listed(names: Sequence[str], words: Words, *, last: str | None = None) -> str:
    """`A, B, & C`; two Thai names with no comma between: `ก และ ข`."""
    last = words.last if last is None else last
    if len(names) < 2 or not last:
        return ", ".join(names)
    comma = "" if len(names) == 2 and (words is THAI or is_thai("".join(names))) else ","
    return f"{', '.join(names[:-1])}{comma} {last} {names[-1]}"


def _apa_name(name: Name, is_first: bool) -> str:
    if name.whole:
        return name.whole
    return ", ".join(filter(None, (name.family, " ".join(name.initials), name.suffix)))


def _chicago_name(name: Name, is_first: bool) -> str:
    return name.inverted if is_first else name.straight


def _vancouver_name(name: Name) -> str:
    if name.whole:
        return name.whole
    initials = "".join(letter for part in name.initials for letter in part if letter.isalpha())
    return " ".join(filter(None, (name.family, initials, name.suffix.rstrip("."))))


def _translators(work: Work, words: Words) -> str:
    """For the brackets of APA: `G. Rabassa, Trans.`; `งามพรรณ เวชชาชีวะ, ผู้แปล`."""
    names = [one.whole or " ".join(filter(None, (*one.initials, one.family))) for one in work.translators]
    said = _listed(names, words, last="&" if words is ENGLISH else words.last)
    return f"{said}, {words.translator}" if said else ""


def _sentences(*sentences: Sequence[Run], address: str = "") -> list[Run]:
    """Each ends with a full stop, one blank between; the address of a work has none after it."""
    runs: list[Run] = []
    for one in sentences:
        said = [run for run in one if run[0]]
        if not said:
            continue
        is_ended = said[-1][0].rstrip("”").endswith((".", "?", "!"))
        runs += [*_spaced(said if is_ended else [*said, (".", False)], bool(runs))]
    return [*runs, *_spaced([(address, False)], bool(runs))] if address else runs


def _spaced(runs: Sequence[Run], is_after: bool = True) -> list[Run]:
    return [(" ", False), *runs] if is_after and runs else list(runs)


def _merged(runs: Sequence[Run]) -> list[Run]:
    """Neighbours alike become one."""
    merged: list[Run] = []
    for text, is_italic in runs:
        if merged and merged[-1][1] == is_italic:
            merged[-1] = (merged[-1][0] + text, is_italic)
        elif text:
            merged.append((text, is_italic))
    return merged
