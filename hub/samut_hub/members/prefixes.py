"""The word before a Thai name: ด.ช., นางสาว, ดร. It is written together with the name, and lists leave it out."""

import re

_SHORT = {
    "เด็กชาย": "ด.ช.", "ดช": "ด.ช.", "เด็กหญิง": "ด.ญ.", "ดญ": "ด.ญ.", "นส": "นางสาว",
}  # fmt: skip
"""As Thai schools write it, by what is written instead, without stops."""
KNOWN = (
    *("ด.ช.", "ด.ญ.", "เด็กชาย", "เด็กหญิง", "นางสาว", "น.ส.", "นาย", "นาง", "สามเณร"),
    *("ว่าที่ร้อยตรี", "ว่าที่ ร.ต.", "ม.ร.ว.", "ม.ล.", "ดร.", "ผศ.", "รศ.", "ศ."),
)
_NO_BEGINNING = "ะ-ฺๅ-๎"
"""Vowel signs and marks with which no name begins: what is before them is no word of its own, as in นายิกา."""
_BEFORE = re.compile(f"(?:(?:{'|'.join(map(re.escape, KNOWN))})\\s*(?![{_NO_BEGINNING}]|\\s|$))+")


def joined(prefix: str, name: str) -> str:
    """The name with its prefix, once; one in Latin letters stands apart."""
    short = _SHORT.get(prefix.replace(".", "").replace(" ", ""), prefix)
    if not short or not name or name.startswith((prefix, short)):
        return name
    return f"{short} {name}" if short.isascii() else f"{short}{name}"


def without_prefix(name: str) -> str:
    """By which people look for the name; a name that is only such a word stays."""
    found = _BEFORE.match(name)
    return name[found.end() :] if found else name
