"""Author marks: the letters and digits that put the books of one class in the order of their authors (ส649ม).

The mark is the initial of the author, the number that the library's own table gives the name, and the initial of the
title. Tables are like that of the National Library of Thailand: beginnings of names in the order of a dictionary.
"""

import re

from samut_hub.members.prefixes import without_prefix

_LEADING_VOWELS = "เแโใไ"
_OF_AUTHORS = re.compile(r"^(?:(?:พระบาทสมเด็จพระ|สมเด็จพระ|Dr\.|Prof\.|Sir\b)\s*)+")
"""Titles that stand before names of authors, but not before those of members."""
_ARTICLES = re.compile(r"^(?:the|an|a)\s+", re.IGNORECASE)
_LETTER = re.compile(r"[A-Za-zก-ฮ]")
MARK = re.compile(r"([A-Za-zก-ฮ])(\d+)([A-Za-zก-ฮ]*)")


def filed_name(author: str) -> str:
    """The first author's name without forms of address: the given name of a Thai, as the table lists it."""
    first = author.split(";")[0].strip()
    return without_prefix(_OF_AUTHORS.sub("", first)).strip() or first


def initial(text: str) -> str:
    """The letter a name or title is filed under: leading vowels are passed over, `เก้า` is filed under ก."""
    plain = _ARTICLES.sub("", text.strip()).lstrip(_LEADING_VOWELS)
    found = _LETTER.search(plain)
    return found[0].upper() if found else ""


def mark_of(author: str, title: str, number: str) -> str:
    """The whole mark; works without an author are filed under their title and need no second initial."""
    name = filed_name(author)
    if not name:
        return f"{initial(title)}{number}"
    return f"{initial(name)}{number}{initial(title)}"


def with_mark(call_number: str, mark: str) -> str:
    """The call number with this author mark in the place of the one it has."""
    words = call_number.split()
    place = next((at for at, word in enumerate(words) if MARK.fullmatch(word) and not _is_class(word)), None)
    if place is None:
        return " ".join((*words, mark))
    return " ".join((*words[:place], mark, *words[place + 1 :]))


def _is_class(word: str) -> bool:
    """`อ030`: a prefix joined to its class."""
    return re.fullmatch(r"[ก-ฮ]+\d{3}", word) is not None and len(word) > 4
