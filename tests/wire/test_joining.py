"""Claim codes as they are scanned, pasted and typed."""

import pytest

from samut_wire.errors import WireError
from samut_wire.joining import ClaimCode, read_code, spaced

URL, TOKEN, MARK = "https://library.example.org", "K7QF2M9XPD4R", "ab" * 32


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (f"{URL} {TOKEN} {MARK}", ""),
        (f"  {URL}/ {TOKEN.lower()}\n{MARK.upper()}\n", ""),
        (f"{URL} {spaced(TOKEN)} {MARK}", "https://elsewhere.example.org"),
    ],
)
def test_the_whole_line_says_all(text: str, url: str) -> None:
    assert read_code(text, url) == ClaimCode(URL, TOKEN, MARK)


@pytest.mark.parametrize("typed", ["K7QF-2M9X-PD4R", "k7qf 2m9x pd4r", "K7QF2M9XPD4R"])
@pytest.mark.parametrize("url", [URL, "library.example.org", f" {URL}/ "])
def test_a_person_types_the_short_code_and_the_address(typed: str, url: str) -> None:
    assert read_code(typed, url) == ClaimCode(URL, TOKEN)


def test_letters_that_look_like_digits_are_put_right() -> None:
    assert read_code("OIL0-0000-0000", URL).token == "011000000000"


@pytest.mark.parametrize("text", ["", "K7QF", TOKEN + "X", "U7QF-2M9X-PD4R", f"{URL} {MARK}"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(WireError, match="A code has 12"):
        read_code(text, URL)


@pytest.mark.parametrize("url", ["", "http://library.example.org", "http://10.0.0.5", "ftp://127.0.0.1", "https://["])
def test_secrets_are_fetched_encrypted_or_not_at_all(url: str) -> None:
    with pytest.raises(WireError):
        read_code(TOKEN, url)


def test_this_computer_needs_no_encryption() -> None:
    assert read_code(f"http://127.0.0.1:8480 {TOKEN}").url == "http://127.0.0.1:8480"
