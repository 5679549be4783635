"""Made-up titles for load tests: Thai and English, words by Zipf's law, each the same whenever it is made again."""

import tomllib
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from random import Random

from samut_hub.catalogue.records.isbn import with_check_digit
from samut_hub.catalogue.records.marc import SEPARATOR, Description

SHARE_IN_THAI = 0.8
_MATERIALS = ("book", "ebook", "video", "audio", "journal", "map", "game", "equipment")
_SHARES = (84, 4, 4, 3, 2, 1, 1, 1)
_SYLLABLES = (
    *("กา", "นา", "มา", "ลา", "ดา", "ทา", "ปา", "รา", "สา", "วา", "ชัย", "พร", "ศรี", "วง", "เพ็ญ", "ทิพย์", "รัตน์"),
    *("มณี", "จันทร์", "แก้ว", "เดช", "ฤทธิ์", "พันธ์", "สุข"),
)
_WORD_OF_ITS_OWN = 0.25
"""How many titles have a word that hardly any other has: a name of a person or place."""


@dataclass(frozen=True)
class Words:
    """Words in the order of their frequency, drawn by the law of Zipf as Mandelbrot put it."""

    words: tuple[str, ...]
    weights: tuple[float, ...]

    def one(self, chance: Random) -> str:
        return self.words[bisect(self.weights, chance.random() * self.weights[-1])]


def description(number: int) -> Description:
    """The made-up title of this number."""
    chance = Random(number)
    in_thai = chance.random() < SHARE_IN_THAI
    authors = [_person(chance, in_thai) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    subjects = {words(f"{_language(in_thai)}_subjects").one(chance) for _ in range(chance.choice((1, 1, 2, 3)))}
    return Description(
        title=_title(chance, in_thai),
        author=SEPARATOR.join(dict.fromkeys(authors)),
        publisher=_publisher(chance, in_thai),
        year=2026 - int(abs(chance.gauss(0, 14))),
        isbn=_isbn(number) if chance.random() < 0.85 else "",
        language="tha" if in_thai else "eng",
        call_number=_call_number(chance, in_thai, authors[0]),
        subjects=SEPARATOR.join(sorted(subject.replace("--", " -- ") for subject in subjects)),
        summary=_summary(chance, in_thai) if chance.random() < 0.4 else "",
        material=chance.choices(_MATERIALS, _SHARES)[0],
    )


def descriptions(first: int, last: int) -> Iterator[Description]:
    yield from map(description, range(first, last))


@lru_cache(maxsize=64)
def words(name: str) -> Words:
    """One of the lists of `words.toml`."""
    found = tuple(word.replace("_", " ") for word in _lists()[name].split())
    return Words(found, tuple(accumulate(1 / (rank + 2.7) for rank in range(1, len(found) + 1))))


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def _language(in_thai: bool) -> str:
    return "thai" if in_thai else "english"


def _title(chance: Random, in_thai: bool) -> str:
    own = _own_word(chance, in_thai) if chance.random() < _WORD_OF_ITS_OWN else ""
    if in_thai:
        start = words("thai_verbs").one(chance) if chance.random() < 0.4 else ""
        middle = "".join(words("thai_nouns").one(chance) for _ in range(chance.choice((1, 2, 2, 3))))
        end = words("thai_ends").one(chance) if chance.random() < 0.5 else ""
        return " ".join(filter(None, (f"{start}{middle}{own}", end)))
    nouns = [words("english_nouns").one(chance) for _ in range(chance.choice((1, 2, 2, 3)))]
    phrase = f"the {words('english_adjectives').one(chance)} {nouns[0]}"
    joined = " and the ".join((phrase, *nouns[1:2])) + (f" of {nouns[2]}" if len(nouns) > 2 else "")
    text = f"{joined} of {own}" if own else joined
    return text[:1].upper() + text[1:]


def _own_word(chance: Random, in_thai: bool) -> str:
    if in_thai:
        return "".join(chance.choice(_SYLLABLES) for _ in range(chance.choice((2, 3, 4))))
    letters = "".join(
        chance.choice("bcdfghklmnprstvw") + chance.choice("aeiou") for _ in range(chance.choice((2, 3, 4)))
    )
    return letters.capitalize()


def _person(chance: Random, in_thai: bool) -> str:
    given = words(f"{_language(in_thai)}_given").one(chance)
    family = words(f"{_language(in_thai)}_family").one(chance)
    if chance.random() < 0.5:
        family = f"{family}{_own_word(chance, in_thai).lower()}"
    return f"{given} {family}" if in_thai else f"{family}, {given}"


def _publisher(chance: Random, in_thai: bool) -> str:
    name = words(f"{_language(in_thai)}_publishers").one(chance)
    return name if in_thai else f"{name} Press"


def _summary(chance: Random, in_thai: bool) -> str:
    nouns = [words(f"{_language(in_thai)}_nouns").one(chance) for _ in range(chance.randint(8, 20))]
    return ("กล่าวถึง" + " ".join(nouns)) if in_thai else f"About {', '.join(nouns)}."


def _isbn(number: int) -> str:
    return with_check_digit(f"978{number % 10**9:09d}")


def _call_number(chance: Random, in_thai: bool, author: str) -> str:
    decimals = f".{chance.randint(1, 999)}" if chance.random() < 0.6 else ""
    initial = next((letter for letter in author if letter.isalpha() and letter not in "เแโใไ"), "ก")
    return f"{int(chance.betavariate(1.2, 1.0) * 999):03d}{decimals} {initial}{chance.randint(10, 999)}"
