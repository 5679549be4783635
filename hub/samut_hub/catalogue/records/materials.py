"""The kinds of material a library starts with; it may add more."""

from dataclasses import dataclass

from pymarc import Record

BOOK = "book"


@dataclass(frozen=True)
class Material:
    """What MARC 21 says of new records of this kind: leader bytes 6-7, and codes of 008 with their positions."""

    code: str
    name_th: str
    name_en: str
    leader: str = "am"
    codes: tuple[tuple[int, str], ...] = ()


MATERIALS = (
    Material(BOOK, "หนังสือ", "Book"),
    Material("ebook", "หนังสืออิเล็กทรอนิกส์", "E-book", codes=((23, "o"),)),
    Material("thesis", "วิทยานิพนธ์และงานวิจัย", "Thesis or research", codes=((24, "m"),)),
    Material("journal", "วารสาร", "Journal", "as", ((21, "p"),)),
    Material("magazine", "นิตยสาร", "Magazine", "as", ((21, "g"),)),
    Material("newspaper", "หนังสือพิมพ์", "Newspaper", "as", ((21, "n"),)),
    Material("clipping", "กฤตภาค", "Clipping", "aa"),
    Material("pamphlet", "จุลสาร", "Pamphlet"),
    Material("music_score", "โน้ตเพลง", "Sheet music", "cm"),
    Material("map", "แผนที่", "Map", "em"),
    Material("picture", "รูปภาพและแผนภูมิ", "Picture or chart", "km", ((33, "i"),)),
    Material("video", "วีดิทัศน์ ดีวีดี", "Video, DVD", "gm", ((33, "v"),)),
    Material("film", "ภาพยนตร์และสไลด์", "Film or slides", "gm", ((33, "m"),)),
    Material("audio", "แผ่นเสียง ซีดีเสียง เทป", "Sound recording", "jm"),
    Material("computer_file", "ซีดีรอมและซอฟต์แวร์", "CD-ROM or software", "mm"),
    Material("kit", "ชุดสื่อการสอน", "Teaching kit", "om", ((33, "b"),)),
    Material("game", "หมากรุก โกะ และเกม", "Chess, Go or other game", "rm", ((33, "g"),)),
    Material("equipment", "โสตทัศนูปกรณ์", "Audio-visual equipment", "rm", ((33, "r"),)),
    Material("tablet", "โน้ตบุ๊กหรือแท็บเล็ต", "Notebook or tablet", "rm", ((33, "r"),)),
    Material("other", "อื่น ๆ", "Other"),
)

_BY_CODE = {material.code: material for material in MATERIALS}
_TYPE_OF_RECORD = {
    "c": "music_score",
    "d": "music_score",
    "e": "map",
    "f": "map",
    "g": "video",
    "i": "audio",
    "j": "audio",
    "k": "picture",
    "m": "computer_file",
    "o": "kit",
    "p": "kit",
}


def material_like(code: str) -> Material:
    """The kind with this code; one that is not known is like a book."""
    return _BY_CODE.get(code, _BY_CODE[BOOK])


def material_of(record: Record) -> str:
    """The kind of material by leader bytes 6-7 and fields 006-008 (MARC 21)."""
    kind, level = str(record.leader)[6:7], str(record.leader)[7:8]
    form = control_text(record, "008")
    if kind == "r":
        return "game" if form[33:34] == "g" else "equipment"
    if kind == "g":
        shape = control_text(record, "007")[:1]
        return "film" if shape in ("g", "m") or (not shape and form[33:34] in ("f", "m", "s", "t")) else "video"
    if kind in _TYPE_OF_RECORD:
        return _TYPE_OF_RECORD[kind]
    if level in ("b", "i", "s") and not ("020" in record and "022" not in record):
        return {"n": "newspaper", "g": "magazine", "m": BOOK}.get(form[21:22], "journal")
    return _of_text(record, form)


def _of_text(record: Record, form: str) -> str:
    if form[23:24] in ("o", "q", "s") or control_text(record, "007")[:1] == "c":
        return "ebook"
    if "502" in record or "m" in form[24:28]:
        return "thesis"
    return "clipping" if str(record.leader)[7:8] == "a" else BOOK


def control_text(record: Record, tag: str) -> str:
    field = record.get(tag)
    return (field.data or "") if field is not None and field.control_field else ""
