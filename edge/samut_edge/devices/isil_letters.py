"""How ISO 28560-2 (annex C) packs an ISIL: five bits a letter, four a digit, shifts between the sets."""

from samut_edge.devices.library_tag import BadTagError
from samut_edge.devices.tag_letters import from_bits

UPPER = "-ABCDEFGHIJKLMNOPQRSTUVWXYZ:"
LOWER = "-abcdefghijklmnopqrstuvwxyz/"
NUMBERS = "0123456789-:"
SETS = {"upper": UPPER, "lower": LOWER, "numbers": NUMBERS}
WIDTH = {"upper": 5, "lower": 5, "numbers": 4}
LATCHES = {
    "upper": {28: "lower", 30: "numbers"},
    "lower": {28: "upper", 30: "numbers"},
    "numbers": {12: "upper", 14: "lower"},
}
SHIFTS = {
    "upper": {29: "lower", 31: "numbers"},
    "lower": {29: "upper", 31: "numbers"},
    "numbers": {13: "upper", 15: "lower"},
}


def pack_isil(isil: str) -> bytes:
    """Shifts for one letter, latches for more (ISO 28560-2 annex C). Raises BadTagError for other letters."""
    bits, letters = "", "upper"
    for place, each in enumerate(isil):
        if each in SETS[letters]:
            bits += _letter(letters, each)
            continue
        wanted = _set_with(each)
        stays = isil[place + 1 : place + 2] != "" and isil[place + 1] in SETS[wanted]
        bits += _control(LATCHES if stays else SHIFTS, letters, wanted) + _letter(wanted, each)
        letters = wanted if stays else letters
    return from_bits(bits, "1")


def unpack_isil(octets: bytes) -> str:
    """Raises BadTagError when a letter code is used that has no meaning."""
    bits = "".join(f"{each:08b}" for each in octets)
    text, letters, once = "", "upper", ""
    while len(bits) >= WIDTH[once or letters]:
        active, once = once or letters, ""
        code, bits = int(bits[: WIDTH[active]], 2), bits[WIDTH[active] :]
        if code < len(SETS[active]):
            text += SETS[active][code]
        elif code in LATCHES[active]:
            letters = LATCHES[active][code]
        else:
            once = SHIFTS[active][code]
    return text


def _set_with(each: str) -> str:
    try:
        return next(name for name, letters in SETS.items() if each in letters)
    except StopIteration:
        raise BadTagError(
            f"“{each}” cannot stand in an ISIL. Use letters, digits, hyphen, slash and colon."
        ) from None


def _letter(letters: str, each: str) -> str:
    return f"{SETS[letters].index(each):0{WIDTH[letters]}b}"


def _control(kinds: dict[str, dict[int, str]], letters: str, wanted: str) -> str:
    code = next(code for code, name in kinds[letters].items() if name == wanted)
    return f"{code:0{WIDTH[letters]}b}"
