"""Reading what came into the scan box of a desk."""

from datetime import datetime, timedelta

from samut_hub.members.prefixes import without_prefix

JUST_LENT = timedelta(seconds=10)
"""A book scanned again so soon was scanned twice, or at two desks: it stays lent."""

_KEYS = "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./"
_SHIFTED = '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?'
_THAI = "ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฟหกดเ้่าสวงผปแอิืทมใฝ"
_THAI_SHIFTED = '+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ'
_TO_LATIN = {ord(thai): latin for thai, latin in zip(_THAI + _THAI_SHIFTED, _KEYS + _SHIFTED, strict=True)}


def readings(text: str) -> tuple[str, ...]:
    """What a scan may mean, the likeliest first.

    A scanner types like a keyboard. When the computer is set to Thai (Kedmanee layout, TIS 820), the digits of a
    bar code arrive as Thai letters: then the same keys are read as Latin ones too.
    """
    plain = " ".join(text.split())
    if plain and all(ord(character) in _TO_LATIN for character in plain):
        return plain, plain.translate(_TO_LATIN)
    return (plain,) if plain else ()


def was_just_lent(lent_at: datetime, now: datetime) -> bool:
    """Whether the loan is so fresh that a second scan of the item does not mean its return.

    It may be a moment ahead of `now` when another desk lent the item while this one waited; one dated further ahead
    was made by a clock that is wrong, and does not hinder the return.
    """
    return abs(now - lent_at) < JUST_LENT


_BEFORE_ITS_CONSONANT = "เแโใไ"


def initials_of(name: str) -> str:
    """“ม.ม.” for มานี มีใจ, “M.M.” for Manee Meechai: enough to find one's own on a shelf, not to read who others are.

    Words before a Thai name are left out; a vowel that is written before its consonant is not the initial.
    """
    words = [word for word in without_prefix(name.strip()).split() if not word.endswith(".")]
    return "".join(f"{_first_letter(word)}." for word in words[:2])


def _first_letter(word: str) -> str:
    is_led = word[0] in _BEFORE_ITS_CONSONANT and len(word) > 1
    return word[1 if is_led else 0].upper()
