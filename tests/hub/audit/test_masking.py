"""National IDs are not written down, however they were typed."""

import pytest

from samut_hub.auditing import masked


@pytest.mark.parametrize(
    "text",
    ["1-1037-00001-23-4", "1 1037 00001 23 4", "1+1037+00001+23+4", "1%201037%2000001%2023%204", "1103700001234"],
)
def test_a_national_id_in_groups_is_masked(text: str) -> None:
    digits = "110370000123"
    right = next(last for last in "0123456789" if masked(f"1-1037-00001-23-{last}") != f"1-1037-00001-23-{last}")
    written = text[:-1] + right
    assert masked(f"q={written}&a") == f"q=•••••••••{(digits + right)[-4:]}&a"
    assert written not in masked(f"2026 {written} 5")
    assert written not in masked(f"a%20{written}%20b")


def test_other_numbers_in_groups_stay_as_they_are() -> None:
    for text in ("978-616-04-1234-6", "2026-11-21 08:30:15", "1-1037-00001-23"):
        assert masked(text) == text
