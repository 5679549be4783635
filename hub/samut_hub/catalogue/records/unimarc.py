"""UNIMARC records (IFLA, UNIMARC Manual: Bibliographic Format, 3rd edition) as MARC 21.

Every field of the original is kept beside what was made of it, as a local field `KEPT` whose first subfield, $9, is
the tag it had (`LDR` for the leader), so nothing is lost and the original can be had back.
"""

import re
from collections.abc import Callable, Iterator

from pymarc import Field, Indicators, Leader, Record, Subfield

KEPT, TAG_CODE = "996", "9"
_NOT_SORTED = re.compile("[\x98\x88](.*?)[\x9c\x89]", re.DOTALL)
_SORTING_MARKS = dict.fromkeys((0x98, 0x88, 0x9C, 0x89))
_DATE_TYPES = {"a": "c", "b": "d", "c": "u", "d": "s", "e": "r", "f": "q", "g": "m", "h": "t", "i": "p", "j": "e"}
_RECORD_TYPES = {"b": "t", "l": "m", "m": "o"}
_SUBJECT = "a=a x=x y=z z=y j=v t=t 2=2"

_BODY = "a=a b=b c=g d=n e=c f=d 4=4 x=x y=z z=y j=v 2=2"

_PLAIN = {
    "010": ("020", "  ", "a=a b=q d=c z=z"),
    "011": ("022", "  ", "a=a d=c y=y z=z"),
    "013": ("024", "2 ", "a=a d=c z=z"),
    "017": ("024", "8 ", "a=a d=c z=z"),
    "020": ("015", "  ", "b=a z=z"),
    "035": ("035", "  ", "a=a z=z"),
    "071": ("028", "00", "a=a b=b"),
    "101": ("041", "= ", "a=a c=h d=b e=f h=e j=j"),
    "205": ("250", "  ", "a=a b=b f=b"),
    "206": ("255", "  ", "a=a b=a"),
    "207": ("362", "0 ", "a=a z=z"),
    "208": ("254", "  ", "a=a"),
    "210": ("260", "  ", "a=a c=b d=c e=e g=f h=g"),
    "214": ("260", "  ", "a=a c=b d=c"),
    "215": ("300", "  ", "a=a c=b d=c e=e"),
    "225": ("490", "0 ", "a=a e=a h=n i=p v=v x=x"),
    "230": ("256", "  ", "a=a"),
    "302": ("546", "  ", "a=a"),
    "317": ("561", "  ", "a=a"),
    "320": ("504", "  ", "a=a"),
    "321": ("510", "3 ", "a=a x=x"),
    "322": ("508", "  ", "a=a"),
    "323": ("511", "0 ", "a=a"),
    "326": ("310", "  ", "a=a b=b"),
    "327": ("505", "0 ", "a=a"),
    "330": ("520", "  ", "a=a"),
    "333": ("521", "  ", "a=a"),
    "334": ("586", "  ", "a=a"),
    "336": ("516", "  ", "a=a"),
    "337": ("538", "  ", "a=a"),
    "500": ("240", "10", "a=a h=n i=p k=f l=k m=l n=s"),
    "530": ("222", " 0", "a=a b=b"),
    "541": ("242", "10", "a=a e=b h=n i=p z=y"),
    "605": ("630", "07", "a=a h=n i=p x=x y=z z=y j=v 2=2"),
    "606": ("650", " 7", _SUBJECT),
    "607": ("651", " 7", _SUBJECT),
    "608": ("655", " 7", _SUBJECT),
    "610": ("653", "  ", "a=a"),
    "675": ("080", "  ", "a=a v=2"),
    "676": ("082", "04", "a=a v=2"),
    "680": ("050", " 4", "a=a b=b"),
    "686": ("084", "  ", "a=a b=b 2=2"),
    "856": ("856", "==", "u=u z=z 2=3"),
    **dict.fromkeys(("300", "301", "303", "304", "305", "306", "307", "308", "309", "310"), ("500", "  ", "a=a")),
    **dict.fromkeys(("311", "312", "313", "314", "315", "316", "324", "325"), ("500", "  ", "a=a")),
    **dict.fromkeys(("510", "512", "513", "514", "515", "516", "517", "518"), ("246", "3 ", "a=a e=b h=n i=p")),
    **dict.fromkeys(("520", "532", "540"), ("246", "3 ", "a=a e=b")),
}
"""Tag, indicators (`=` copies) and subfields of MARC 21 for those of UNIMARC that need no thought."""

_LINKS = {
    **dict.fromkeys(("410", "411"), ("830", " 0")),
    **dict.fromkeys(("421", "464"), ("774", "0 ")),
    **dict.fromkeys(("422", "461", "462", "463"), ("773", "0 ")),
    **dict.fromkeys(("430", "431", "432", "433", "434", "435", "436", "437"), ("780", "00")),
    **dict.fromkeys(("440", "441", "442", "443", "444", "445", "446", "447"), ("785", "00")),
    "423": ("777", "0 "),
    "451": ("775", "0 "),
    "452": ("776", "0 "),
    "453": ("767", "0 "),
    "454": ("765", "0 "),
    "488": ("787", "0 "),
}
_NAMES = {"700": "100", "701": "700", "702": "700", "710": "110", "711": "710", "712": "710", "720": "100"}
_NAMES |= {"721": "700", "722": "700", "600": "600", "601": "610", "602": "600"}


def is_unimarc(record: Record) -> bool:
    """UNIMARC has the title in 200, where MARC 21 has no field of that number."""
    title = record.get("200")
    return "245" not in record and title is not None and not title.control_field and "a" in title


def to_marc21(original: Record) -> Record:
    """The record in MARC 21, with all fields of the original kept in local ones."""
    record = Record()
    leader = str(original.leader).ljust(24)
    kind = _RECORD_TYPES.get(leader[6], leader[6])
    record.leader = Leader(f"{leader[:6]}{kind}{leader[7]} a22{leader[12:17]}{leader[17]} {leader[19]}4500")
    made = [field for one in original.fields for field in _converted(one)]
    made.append(Field(tag="008", data=_fixed(original)))
    made.append(_title(original))
    record.fields = [*sorted(made, key=lambda field: field.tag), *_kept(original)]
    return record


def _converted(field: Field) -> Iterator[Field]:
    tag = field.tag
    if tag in ("001", "003", "005"):
        yield Field(tag=tag, data=field.data or "")
    elif field.control_field:
        return
    elif tag in _PLAIN:
        yield from _filled(*_PLAIN[tag], field)
    elif tag in _LINKS:
        yield from _link(field, *_LINKS[tag])
    elif tag in _NAMES:
        yield from _name(field, _NAMES[tag])
    elif tag == "328":
        yield _new("502", "  ", [("a", " ".join(part.value for part in field.subfields if part.code in "zabced"))])


def _filled(tag: str, indicators: str, codes: str, field: Field) -> Iterator[Field]:
    """Nothing when none of the subfields has a place."""
    place = dict(pair.split("=") for pair in codes.split())
    marks = "".join(
        own if mark == "=" else mark
        for mark, own in zip(indicators, (field.indicator1, field.indicator2[:1]), strict=True)
    )
    parts = [(place[part.code], part.value) for part in field.subfields if part.code in place]
    if parts:
        yield _new(tag, marks, parts)


def _name(field: Field, tag: str) -> Iterator[Field]:
    """Persons `a, b`; bodies and meetings as they are. 7X0 with a first indicator 1 is a meeting."""
    is_body = tag in ("110", "610", "710")
    if is_body:
        own = tag[:2] + ("1" if field.indicator1 == "1" else "0")
        yield from _filled(
            own, "2=" if tag == "610" else "2 ", "a=a b=b c=g d=n e=c f=d 4=4 x=x y=z z=y j=v 2=2", field
        )
        return
    first, rest = field.get("a") or "", field.get("b") or ""
    joint = ", " if field.indicator2[:1] != "0" else " "
    parts = [("a", joint.join(filter(None, (first, rest))))]
    place = {"d": "b", "c": "c", "f": "d", "4": "4", "t": "t", "x": "x", "y": "z", "z": "y", "j": "v", "2": "2"}
    parts += [(place[part.code], part.value) for part in field.subfields if part.code in place]
    marks = ("1" if joint == ", " and rest else "0") + ("7" if tag == "600" else " ")
    if parts[0][1]:
        yield _new(tag, marks, parts)


def _link(field: Field, tag: str, indicators: str) -> Iterator[Field]:
    """Links to other records: subfields of their own, or whole fields embedded after $1 each."""
    parts = list(_embedded(field)) if field.get("1") else [(part.code, part.value) for part in field.subfields]
    wanted = {"t": "t", "a": "a", "v": "g", "x": "x", "y": "z", "d": "d", "c": "d", "w": "w"}
    if tag == "830":
        wanted = {"t": "a", "v": "v", "x": "x"}
    found = [(wanted[code], value) for code, value in parts if code in wanted]
    if found:
        yield _new(tag, indicators, found)


def _embedded(field: Field) -> Iterator[tuple[str, str]]:
    """Embedded `001`, `200 $a $v`, `010 $a`, `011 $a`, `210 $d`, `7XX $a $b` as the codes of a link."""
    codes = {("200", "a"): "t", ("200", "v"): "v", ("010", "a"): "y", ("011", "a"): "x", ("210", "d"): "d"}
    tag = ""
    for part in field.subfields:
        if part.code == "1":
            tag = part.value[:3]
            if tag == "001":
                yield "w", part.value[3:]
        elif tag[:1] == "7" and part.code == "a":
            yield "a", part.value
        elif (tag, part.code) in codes:
            yield codes[tag, part.code], part.value


def _title(original: Record) -> Field:
    """245 with the punctuation that MARC 21 puts before each part."""
    field = original["200"]
    places: dict[str, tuple[str, str]] = {"e": ("b", " : "), "d": ("b", " = "), "f": ("c", " / "), "g": ("c", " ; ")}
    places |= {"h": ("n", ". "), "i": ("p", ". ")}
    first = " ; ".join(field.get_subfields("a"))
    skipped = _NOT_SORTED.match(first)
    parts = [("a", first)]
    for part in field.subfields:
        if part.code in places:
            code, mark = places[part.code]
            parts = _with_part(parts, code, mark, part.value)
    has_author = any(tag in original for tag in ("700", "710", "720"))
    return _new("245", f"{int(has_author)}{min(len(skipped[1]), 9) if skipped else 0}", parts)


def _with_part(parts: list[tuple[str, str]], code: str, mark: str, value: str) -> list[tuple[str, str]]:
    """$b and $c stand once, so what follows of their kind is joined to them."""
    *before, (last, text) = parts
    if last == code and code in "bc":
        return [*before, (last, text + mark + value)]
    return [*before, (last, text + mark.rstrip()), (code, value)]


def _fixed(original: Record) -> str:
    """008 from 100 $a (general data) and the language in 101."""
    general = next((field.get("a") or "" for field in original.get_fields("100") if not field.control_field), "")
    language = next((field.get("a") or "" for field in original.get_fields("101")), "")
    entered = general[2:8] if general[:8].isdecimal() else "      "
    years = general[9:17].ljust(8)
    middle = " " * 17
    kind = _DATE_TYPES.get(general[8:9], "n")
    return f"{entered}{kind}{years}xx {middle}{language[:3].ljust(3)}  "


def _kept(original: Record) -> Iterator[Field]:
    yield _new(KEPT, "  ", [(TAG_CODE, "LDR"), ("a", str(original.leader))], plain=str)
    for field in original.fields:
        if field.control_field:
            yield _new(KEPT, "  ", [(TAG_CODE, field.tag), ("a", field.data or "")], plain=str)
        else:
            marks = Indicators(field.indicator1, field.indicator2)
            parts = [Subfield(TAG_CODE, field.tag), *field.subfields]
            yield Field(tag=KEPT, indicators=marks, subfields=parts)


def _without_marks(text: str) -> str:
    """Without the marks around what is not sorted."""
    return text.translate(_SORTING_MARKS)


def _new(
    tag: str, indicators: str, parts: list[tuple[str, str]], *, plain: Callable[[str], str] = _without_marks
) -> Field:
    subfields = [Subfield(code, plain(value)) for code, value in parts]
    return Field(tag=tag, indicators=Indicators(indicators[0], indicators[1]), subfields=subfields)
