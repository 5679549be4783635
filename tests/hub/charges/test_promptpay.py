"""QR codes that banks' apps understand."""

import io
from binascii import crc_hqx

import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from samut_hub.charges.promptpay import AccountFault, account_fault, account_of, payload


@pytest.mark.parametrize(
    ("account", "satang", "said"),
    [
        ("0812223333", 0, "00020101021129370016A0000006770101110113006681222333353037645802TH63041DCF"),
        ("0812223333", 3_000, "00020101021229370016A0000006770101110113006681222333353037645802TH540530.0063043CAD"),
        ("140000801111111", 0, "00020101021129390016A000000677010111031514000080111111153037645802TH63047C0F"),
    ],
)
def test_it_says_what_other_programs_say(account: str, satang: int, said: str) -> None:
    """Examples of promptparse (MIT); with an amount it writes that after the country."""
    assert fields_of(payload(account, satang)[:-4]) == fields_of(said[:-4])
    if not satang:
        assert payload(account, satang) == said


@pytest.mark.parametrize(
    "known",
    [
        "00020101021129370016A000000677010111011300660000000005802TH530376463048956",
        "00020101021229370016A000000677010111011300668999999995802TH53037645406420.006304CF9E",
        "00020101021229370016A0000006770101110113006681222333353037645802TH540530.0063043CAD",
    ],
)
def test_the_checksum_is_that_of_known_codes(known: str) -> None:
    """From the documentation of the Bank of Thailand's format and of promptpay-qr (MIT): the same sum over the same
    characters, whatever the order of the fields."""
    assert f"{crc_hqx(known[:-4].encode(), 0xFFFF):04X}" == known[-4:]


def test_a_national_id_and_a_wallet_have_tags_of_their_own() -> None:
    assert fields_of(fields_of(payload("1111111111119", 0)[:-4])["29"])["02"] == "1111111111119"
    assert fields_of(fields_of(payload("004999000288505", 0)[:-4])["29"])["03"] == "004999000288505"


@given(st.sampled_from(["0812223333", "1111111111119", "004999000288505"]), st.integers(1, 2_000_000_000))
def test_the_amount_is_in_baht_with_two_decimals(account: str, satang: int) -> None:
    fields = fields_of(payload(account, satang)[:-4])
    assert int(fields["54"].replace(".", "")) == satang
    assert fields["54"][-3] == "."
    assert (fields["53"], fields["58"], fields["01"]) == ("764", "TH", "12")


@pytest.mark.parametrize("account", ["0812223333", "1111111111119", "004999000288505"])
def test_a_drawn_code_is_read_back_by_a_scanner(account: str) -> None:
    picture = io.BytesIO()
    segno.make(payload(account, 12_345), error="m", micro=False).save(picture, kind="png", scale=4, border=4)
    (read,) = zxingcpp.read_barcodes(Image.open(picture))
    assert read.text == payload(account, 12_345)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("081-222-3333", "0812223333"),
        ("+66 81 222 3333", "0812223333"),
        ("๐๘๑๒๒๒๓๓๓๓", "0812223333"),
        ("1-1111-11111-11-9", "1111111111119"),
    ],
)
def test_accounts_are_read_as_people_write_them(written: str, kept: str) -> None:
    assert account_of(written) == kept
    assert account_fault(kept) is None


@pytest.mark.parametrize(
    ("account", "fault"),
    [
        ("", AccountFault.WRONG_LENGTH),
        ("081222333", AccountFault.WRONG_LENGTH),
        ("08122233x3", AccountFault.WRONG_LENGTH),
        ("0212223333", AccountFault.NOT_A_MOBILE),
        ("1111111111111", AccountFault.WRONG_CHECK_DIGIT),
    ],
)
def test_a_mistyped_account_is_refused(account: str, fault: AccountFault) -> None:
    assert account_fault(account) == fault


def fields_of(text: str) -> dict[str, str]:
    """Tags and values; the checksum's tag comes with nothing behind it."""
    fields, place = {}, 0
    while place < len(text):
        tag, length = text[place : place + 2], int(text[place + 2 : place + 4])
        fields[tag], place = text[place + 4 : place + 4 + length], place + 4 + length
    return fields
