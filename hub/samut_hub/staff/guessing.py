"""Passwords that somebody tries on every account of a school: the usual ones, runs of keys, and one's own number."""

from samut_hub.staff.policy import MIN_RUN

_WORDS = """
password passw0rd passwort iloveyou sunshine princess football baseball superman batman dragon monkey shadow
master welcome letmein trustno1 whatever computer internet starwars michael jennifer charlie samsung google
facebook youtube minecraft roblox freefire pubgmobile naruto doraemon blackpink pokemon hello helloworld admin
administrator root user guest test testtest secret changeme default login qwerty azerty asdf zxcv abc abcd
library librarian samut school student teacher reading books thailand bangkok siam sawasdee sawatdee rakthai
chang singha somchai manee รหัสผ่าน ห้องสมุด โรงเรียน นักเรียน บรรณารักษ์ ประเทศไทย กรุงเทพ สวัสดี สวัสดีครับ
สวัสดีค่ะ รักนะ ฉันรักเธอ
"""
_USUAL = frozenset(_WORDS.split())
"""Whatever digits stand before or after them."""
_ROWS = (
    "01234567890",
    "1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "q1w2e3r4t5y6u7i8o9p0",
    "ๅ/-ภถุึคตจขช",
    "ๆไำพะัีรนยบล",
    "ฟหกดเ้่าสวง",
    "ผปแอิืทมใฝ",
)
LONGEST_PERIOD = 4


def is_easily_guessed(password: str, own_name: str = "") -> bool:
    """`own_name` is the user name or the member number: what others can read on a card."""
    plain = "".join(password.casefold().split())
    bare = plain.strip("0123456789!@#$%^&*()-_=+.?")
    holds_name = len(own_name) >= MIN_RUN and own_name.casefold() in plain
    return bare in _USUAL or holds_name or _repeats(plain) or _is_run(plain)


def _repeats(plain: str) -> bool:
    """One to four characters again and again: 11111111, 12341234, abcabcabc."""
    return any(plain == (plain[:period] * len(plain))[: len(plain)] for period in range(1, LONGEST_PERIOD + 1))


def _is_run(plain: str) -> bool:
    """Keys or letters that follow each other, in pieces of four or more: 12345678, 87654321, qwerty1234."""
    rest = plain
    while rest:
        length = next((n for n in range(len(rest), MIN_RUN - 1, -1) if _follows(rest[:n])), 0)
        if not length:
            return False
        rest = rest[length:]
    return True


def _follows(piece: str) -> bool:
    return any(piece in row or piece in row[::-1] for row in _ROWS)
