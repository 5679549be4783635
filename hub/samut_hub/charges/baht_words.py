"""Amounts as they are read aloud in Thai, as every receipt says them."""

_DIGITS = ("", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_PLACES = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
_MILLION = 1_000_000


def baht_in_words(satang: int) -> str:
    """“หนึ่งร้อยยี่สิบเอ็ดบาทห้าสิบสตางค์”, “ห้าบาทถ้วน”, “ศูนย์บาทถ้วน”; for amounts that are not below zero."""
    baht, rest = divmod(satang, 100)
    if not rest:
        return f"{_number(baht) or 'ศูนย์'}บาทถ้วน"
    return f"{_number(baht)}{'บาท' if baht else ''}{_number(rest)}สตางค์"


def _number(value: int) -> str:
    """A one at the end after any other digit is เอ็ด (Office of the Royal Society); above a million begins anew."""
    millions, rest = divmod(value, _MILLION)
    head = f"{_number(millions)}ล้าน" if millions else ""
    digits = [int(digit) for digit in reversed(str(rest))]
    places = [_place(digit, place) for place, digit in enumerate(digits) if digit]
    if digits[0] == 1 and value > 1:
        places[0] = "เอ็ด"
    return head + "".join(reversed(places))


def _place(digit: int, place: int) -> str:
    if place == 1 and digit <= 2:
        return "สิบ" if digit == 1 else "ยี่สิบ"
    return _DIGITS[digit] + _PLACES[place]
