"""What a PromptPay QR code says: EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1, with
the merchant account information of the Thai QR Payment Standard (Bank of Thailand).

The account is a mobile number, a national or tax ID of 13 digits, or an e-wallet of 15 digits.
"""

from binascii import crc_hqx
from enum import StrEnum

from samut_hub.members.policy import is_national_id

CREDIT_TRANSFER = "A000000677010111"
BAHT, THAILAND = "764", "TH"
"""ISO 4217 and ISO 3166-1."""
_STATIC, _ONCE = "11", "12"
_MOBILE, _ID, _WALLET = "01", "02", "03"
_MOBILE_DIGITS, _ID_DIGITS, _WALLET_DIGITS = 10, 13, 15
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", "- ()\u00a0\t")


class AccountFault(StrEnum):
    """Why a text is no PromptPay account."""

    WRONG_LENGTH = "wrong_length"
    NOT_A_MOBILE = "not_a_mobile"
    WRONG_CHECK_DIGIT = "wrong_check_digit"


def account_of(text: str) -> str:
    """The account's digits as they are kept: without hyphens and blanks, `+66` as the 0 of a mobile number."""
    digits = text.translate(_THAI_DIGITS)
    return f"0{digits[3:].removeprefix('0')}" if digits.startswith("+66") else digits


def account_fault(account: str) -> AccountFault | None:
    """What is wrong with the digits, if anything. Mobile numbers begin with 06, 08 or 09 (NBTC numbering plan); tax
    IDs of organisations have the check digit of national IDs."""
    if not (account.isascii() and account.isdigit()) or len(account) not in (
        _MOBILE_DIGITS,
        _ID_DIGITS,
        _WALLET_DIGITS,
    ):
        return AccountFault.WRONG_LENGTH
    if len(account) == _MOBILE_DIGITS and account[:2] not in ("06", "08", "09"):
        return AccountFault.NOT_A_MOBILE
    if len(account) == _ID_DIGITS and not is_national_id(account):
        return AccountFault.WRONG_CHECK_DIGIT
    return None


def payload(account: str, amount: int) -> str:
    """What the QR code says so that a bank's app transfers `amount` satang to the account."""
    fields = (
        _field("00", "01"),
        _field("01", _ONCE if amount else _STATIC),
        _field("29", _field("00", CREDIT_TRANSFER) + _recipient(account)),
        _field("53", BAHT),
        _field("54", f"{amount // 100}.{amount % 100:02d}") if amount else "",
        _field("58", THAILAND),
        "6304",
    )
    said = "".join(fields)
    return f"{said}{crc_hqx(said.encode('ascii'), 0xFFFF):04X}"


def _recipient(account: str) -> str:
    if len(account) == _MOBILE_DIGITS:
        return _field(_MOBILE, f"66{account[1:]}".zfill(_ID_DIGITS))
    return _field(_ID if len(account) == _ID_DIGITS else _WALLET, account)


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"
