"""What a record says is shown as librarians write it; the simple form changes its own fields only."""

import msgspec
import pytest
from pymarc import Record

from samut_hub.catalogue.records.iso2709 import read_record, write_record
from samut_hub.catalogue.records.marc import Description, describe, title_for_sorting
from samut_hub.catalogue.records.marc_writing import change_record, new_record
from samut_hub.catalogue.records.splitting import pieces
from tests.hub.catalogue.conftest import MARC_FILES
from tests.hub.catalogue.records.test_records import record_of


def real(name: str, number: int) -> Record:
    with (MARC_FILES / f"{name}.mrc").open("rb") as file:
        return read_record(list(pieces(file))[number - 1].data)


def thai(*fields: tuple[str, str]) -> Description:
    return describe(read_record(record_of(*((tag, text.encode()) for tag, text in fields), coding=b"a")))


def test_a_book_with_corporate_author_and_punctuation_of_isbd() -> None:
    said = describe(real("bad_leaders", 1))
    assert said.title.startswith("Sammlung : Kunst der Gegenwart in K21")
    assert said.title.endswith("Düsseldorf")
    assert said.author == "Kunstsammlung Nordrhein-Westfalen (Germany); Heynen, Julian; Liebermann, Valeria"
    assert (said.publisher, said.year, said.isbn) == ("K21 Kunstsammlung Nordrhein-Westfalen", 2005, "9783926154781")
    assert said.call_number == "N6758 .K785 2005"
    assert said.subjects.split("; ")[1] == "Art, European -- 20th century -- Catalogs"


@pytest.mark.parametrize("number", [1, 2])
def test_the_thai_title_goes_before_the_romanised_one(number: int) -> None:
    said = describe(real("thai_2.mixed", number))
    assert said.title == "ลุงบุญมีระลึกชาติ"
    assert (said.language, said.material, said.call_number, said.year) == ("tha", "video", "791.4372", 2011)


def test_a_year_of_nepal_is_told_by_the_common_year_beside_it() -> None:
    assert describe(real("nepali_96.utf8", 16)).year == 1967


def test_kinds_of_material() -> None:
    assert describe(real("jazz_1k.marc8", 1)).material == "audio"
    assert describe(real("jazz_1k.marc8", 6)).material == "music_score"
    assert describe(real("rda_dvd.utf8", 1)).material == "video"
    assert describe(real("french_100.marc8", 1)).material == "book"


def test_a_thai_record_as_school_libraries_make_them() -> None:
    said = thai(
        ("020", "  \x1fa974-7047-98-5 (ปกอ่อน) :\x1fc120 บาท"),
        ("082", "04\x1fa895.913\x1fbช123ก"),
        ("100", "0 \x1faชมัยภร แสงกระจ่าง"),
        ("245", "10\x1faเด็กหญิงในบ้านสวน /\x1fcชมัยภร แสงกระจ่าง"),
        ("260", "  \x1faกรุงเทพฯ :\x1fbบ้านหนังสือ,\x1fc[๒๕๖๙]"),
        ("650", " 4\x1faวรรณกรรมเยาวชน\x1fxไทย"),
        ("650", " 7\x1faเด็กหญิง"),
    )
    assert said == Description(
        title="เด็กหญิงในบ้านสวน",
        author="ชมัยภร แสงกระจ่าง",
        publisher="บ้านหนังสือ",
        year=2026,
        isbn="9789747047981",
        call_number="895.913 ช123ก",
        subjects="วรรณกรรมเยาวชน -- ไทย; เด็กหญิง",
        publication_place="กรุงเทพฯ",
    )


def test_a_publisher_that_nobody_knows_is_left_out() -> None:
    for unknown in ("[s.n.],", "ม.ป.พ.,", "[publisher not identified],"):
        assert thai(("245", "00\x1faX"), ("260", f"  \x1fb{unknown}")).publisher == ""


def test_articles_at_the_start_do_not_count_in_order() -> None:
    assert title_for_sorting(read_record(record_of(("245", b"14\x1faThe jungle book")))) == "jungle book"


FULL = Description(
    title="บ้านริมคลอง",
    author="ธารา เมฆขาว; Page, Jane",
    publisher="สำนักพิมพ์ต้นไม้",
    year=2023,
    isbn="9789747047981",
    language="tha",
    call_number="895.913 ธ433บ",
    subjects="วรรณกรรมเยาวชน; ชีวิตชนบท -- ไทย",
    summary="คลองสายหนึ่ง\nกับยายคนหนึ่ง",
    issn="01250086",
    edition="พิมพ์ครั้งที่ 2",
    publication_place="กรุงเทพฯ",
    extent="120 หน้า : ภาพประกอบ ; 21 ซม. + แผ่นซีดี 1 แผ่น",
    series="ชุดบ้านสวน, เล่ม 3; วรรณกรรมเยาวชนไทย",
    frequency="รายเดือน",
    annotation="เหมาะสำหรับชั้นประถมปลาย",
    promotion="หนังสือดีเด่นประจำปี 2566",
)


TOLD_APART = (
    *("thesis", "magazine", "newspaper", "clipping", "music_score", "map", "picture", "video", "film", "audio"),
    *("computer_file", "kit", "game", "equipment"),
)
"""Kinds of material that leader and 008 tell, beside those tried first."""


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"material": "ebook"},
        {"material": "journal", "isbn": ""},
        {"call_number": "น ธ433บ"},
        {"call_number": "PL4201 .T5"},
        {"call_number": "WY 100 ส123ก"},
        *({"material": code, "isbn": ""} for code in TOLD_APART),
    ],
)
def test_a_new_record_says_what_the_form_said(change: dict[str, str]) -> None:
    wanted = msgspec.structs.replace(FULL, **change)
    assert describe(read_record(write_record(new_record(wanted)))) == wanted


def test_a_thai_book_gets_its_buddhist_year() -> None:
    assert new_record(FULL)["264"]["c"] == "2566"


def test_one_changed_field_leaves_all_others_as_they_were() -> None:
    record = real("thai_2.mixed", 1)
    said, before = describe(record), list(map(str, record.fields))
    change_record(record, said, msgspec.structs.replace(said, publisher="หอภาพยนตร์"))
    after = list(map(str, record.fields))
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        (
            "=260  \\\\$aCulver City, Calif. :$bStrand Releasing Home Video,$c[2011]",
            "=260  \\\\$aCulver City, Calif. :$bหอภาพยนตร์,$c[2011]",
        )
    ]


def test_the_title_of_a_linked_record_is_changed_where_it_is_shown() -> None:
    record = real("thai_2.mixed", 1)
    said = describe(record)
    change_record(record, said, msgspec.structs.replace(said, title="ลุงบุญมี"))
    assert describe(record).title == "ลุงบุญมี"
    assert record["245"]["a"] == "Loong Boonmee raleuk chat"
    assert "Apichatpong" in record["245"]["c"]


def test_people_who_stay_keep_their_dates_and_roles() -> None:
    record = real("thai_2.mixed", 1)
    said = describe(record)
    change_record(record, said, msgspec.structs.replace(said, author="Apichatpong Weerasethakul; สักจิต แก้วบัวดี"))
    names = [str(field) for field in record.get_fields("100", "700")]
    assert names == [
        "=700  0\\$aApichatpong Weerasethakul,$d1970-$eauthor of screenplay,$eproducer,$edirector.",
        "=700  0\\$aสักจิต แก้วบัวดี",
    ]


def test_every_field_can_be_emptied() -> None:
    record, empty = new_record(FULL), Description(title="เหลือแต่ชื่อ")
    change_record(record, FULL, empty)
    assert describe(record) == empty


def test_where_each_part_of_the_description_stands() -> None:
    record = new_record(FULL)
    assert [str(record[tag])[6:] for tag in ("022", "250", "300", "490", "599")] == [
        "\\\\$a0125-0086",
        "\\\\$aพิมพ์ครั้งที่ 2",
        "\\\\$a120 หน้า :$bภาพประกอบ ;$c21 ซม. +$eแผ่นซีดี 1 แผ่น",
        "0\\$aชุดบ้านสวน$vเล่ม 3",
        "\\\\$aหนังสือดีเด่นประจำปี 2566$2samut-promotion",
    ]
    assert [(note.indicator1, note["a"]) for note in record.get_fields("520")][2:] == [("1", FULL.annotation)]


def test_a_local_note_of_another_system_is_no_promotion() -> None:
    assert thai(("245", "00\x1faX"), ("599", "  \x1faราคาต่อรองแล้ว ห้ามเผยแพร่")).promotion == ""


def test_a_series_that_is_dropped_takes_its_tracing_along() -> None:
    record = read_record(
        record_of(
            ("245", b"00\x1faX"),
            ("490", b"1 \x1faJazz series ;\x1fvv. 5"),
            ("490", b"1 \x1faBlue notes"),
            ("830", b" 0\x1faJazz series ;\x1fvv. 5."),
            ("830", b" 0\x1faBlue notes (1999)"),
        )
    )
    said = describe(record)
    assert said.series == "Jazz series, v. 5; Blue notes"
    change_record(record, said, msgspec.structs.replace(said, series="Blue notes"))
    assert [str(field)[8:] for field in record.get_fields("490", "830")] == ["$aBlue notes", "$aBlue notes (1999)"]


@pytest.mark.parametrize("name", ["edition", "publisher", "publication_place", "extent", "series", "annotation"])
def test_a_changed_line_of_any_real_record_is_read_as_it_was_written(name: str) -> None:
    for number in range(1, 101, 4):
        record = real("french_100.marc8", number)
        said = describe(record)
        wanted = msgspec.structs.replace(said, **{name: "อย่างใหม่, เล่ม 2" if name == "series" else "อย่างใหม่"})
        change_record(record, said, wanted)
        assert describe(read_record(write_record(record))) == wanted
