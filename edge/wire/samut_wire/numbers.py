"""Numbers as they are printed on cards and labels, read by scanners and typed by people: the same at hub and edge."""

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")

NATIONAL_ID_DIGITS = 13


def barcode_as_kept(text: str) -> str:
    """A bar code or accession number: no spaces around it, Thai digits as 0-9, letters as typed."""
    return " ".join(text.translate(_THAI_DIGITS).split())


def barcode_key(text: str) -> str:
    """Bar codes with the same key are the same to a reader of labels: `ab0001` and `AB0001`."""
    return barcode_as_kept(text).upper()


def member_number(text: str) -> str:
    """A member number: no blanks, Thai digits as 0-9, capital letters, a national ID without hyphens."""
    number = "".join(text.translate(_THAI_DIGITS).split()).upper()
    digits = number.replace("-", "")
    return digits if has_shape_of_national_id(digits) else number


def has_shape_of_national_id(number: str) -> bool:
    """Thirteen digits; whether the last of them is right is another question."""
    return len(number) == NATIONAL_ID_DIGITS and number.isdigit() and number.isascii()
