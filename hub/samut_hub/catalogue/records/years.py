"""Years of publication as title pages and catalogues give them: Buddhist, Common or Bikram Sambat, Thai digits."""

import re

BUDDHIST = 543
_EARLIEST, _LATEST = 1000, 2199
_BUDDHIST_YEARS = range(2200, 2700)
_BIKRAM = (56, 57)
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_YEAR = re.compile(r"(พ\.?\s*ศ\.?\s*|B\.?E\.?\s*)?(?<!\d)(\d{4})(?!\d)", re.IGNORECASE)


def year_of(*statements: str) -> int | None:
    """The year of the Common Era; the first statement counts, later ones only tell which calendar it is of.

    `[2569]` and `พ.ศ. ๒๕๖๙` are 2026; `2024 [1967]` is 1967, because Nepal counts 56 or 57 years more.
    """
    years = [year for text in statements for year in _common_years(text)]
    if not years:
        return None
    first = years[0]
    return next((year for year in years if first - year in _BIKRAM), first)


def is_buddhist(text: str) -> bool:
    """Whether a year in the text is of the Buddhist Era."""
    found = _YEAR.findall(text.translate(_THAI_DIGITS))
    return any(era or int(year) in _BUDDHIST_YEARS for era, year in found)


def _common_years(text: str) -> list[int]:
    found = [_common(int(year), bool(era)) for era, year in _YEAR.findall(text.translate(_THAI_DIGITS))]
    return [year for year in found if _EARLIEST <= year <= _LATEST]


def _common(year: int, said_buddhist: bool) -> int:
    return year - BUDDHIST if said_buddhist or year in _BUDDHIST_YEARS else year
