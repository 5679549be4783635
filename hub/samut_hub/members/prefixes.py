"""The word before a Thai name: ด.ช., นางสาว, ดร. It is written together with the name, and lists leave it out."""

import re
from collections.abc import Iterable

_SHORT = {
    "เด็กชาย": "ด.ช.", "ดช": "ด.ช.", "เด็กหญิง": "ด.ญ.", "ดญ": "ด.ญ.", "นส": "นางสาว",
}  # fmt: skip
"""As Thai schools write it, by what is written instead, without stops."""
_SURE = ("ด.ช.", "ด.ญ.", "เด็กชาย", "เด็กหญิง", "นางสาว", "น.ส.", "สามเณร")
_ALSO_NAMES = ("นาย", "นาง", "ครู")
"""Given names begin so too, as นางนวล: only before a name that stands apart, or one with a surname, are they none."""
_PLAIN = (*_SURE, *_ALSO_NAMES)
"""Of these a name has one: another after it belongs to the name, as in นางสาวนางนวล."""
_OF_LEARNING = ("ดร.", "ผศ.", "รศ.", "ศ.", "ผู้ช่วยศาสตราจารย์", "รองศาสตราจารย์", "ศาสตราจารย์")
_OF_BIRTH_OR_SERVICE = ("ว่าที่ร้อยตรี", "ว่าที่ ร.ต.", "ม.จ.", "ม.ร.ว.", "ม.ล.")
KNOWN = (*_PLAIN, *_OF_LEARNING, *_OF_BIRTH_OR_SERVICE)
_OF_FORCES = rf"(?:พล|พ|ร)\.(?:[ตรอจ]\.)?[ตทอจ]\.(?!(?!{'|'.join(map(re.escape, KNOWN))})[ก-ฮ]\.)"
"""Ranks of army, navy, air force and police, as พล.ร.อ., พ.ต.ท., ร.ต., พ.จ.อ.: whole, so not before
another letter with a stop, unless one of the other words begins there."""
_OF_WOMEN = r"(?:หญิง(?=\s))?"
"""After a rank, as พ.ต.อ.หญิง สุดา; names begin so too, as in พ.ต.ท.หญิงเดียว."""
_NO_BEGINNING = "ะ-ฺๅ-๎"
"""Vowel signs and marks with which no name begins: what is before them is no word of its own, as in นายิกา."""


def _one_of(words: Iterable[str], *patterns: str) -> str:
    """A pattern of one of these words with the blanks after it, before a name."""
    return f"(?:(?:{'|'.join((*map(re.escape, words), *patterns))})\\s*(?![{_NO_BEGINNING}]|\\s|$))"


_APART = f"(?!ครูบา){_one_of(_ALSO_NAMES)}(?:(?<=\\s)|(?=\\S+\\s+\\S))"
"""ครูบา is another word, before the names of monks."""
_RANK = _one_of(_OF_LEARNING, *(f"{word}{_OF_WOMEN}" for word in (*map(re.escape, _OF_BIRTH_OR_SERVICE), _OF_FORCES)))
_BEFORE = re.compile(f"(?:{_RANK}+{_one_of(_PLAIN)}?|{_one_of(_SURE)}|{_APART})?{_RANK}*")


def joined(prefix: str, name: str) -> str:
    """The name with its prefix, once, however it is written there; one in Latin letters stands apart, and a woman's
    rank, as หญิง would be read as the beginning of the name."""
    short = _short(prefix)
    if not short or not name:
        return name
    if short.isascii():
        is_there = re.match(f"{re.escape(short.rstrip('.'))}(\\.|\\s)", name)
        return name if is_there else f"{short} {name}"
    found = re.match(_one_of(sorted({prefix, *KNOWN}, key=len, reverse=True)), name)
    blank = " " if short.endswith((".หญิง", "ตรีหญิง")) else ""
    return short + blank + (name[found.end() :] if found and _short(found[0]) == short else name)


def _short(prefix: str) -> str:
    return _SHORT.get(prefix.replace(".", "").replace(" ", ""), prefix.strip())


def without_prefix(name: str) -> str:
    """By which people look for the name; a name that is only such a word stays."""
    found = _BEFORE.match(name)
    return name[found.end() :] if found else name
