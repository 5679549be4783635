"""Works cited as guides of the styles, and Thai university libraries, print them. Italics stand between stars."""

import pytest
from pymarc import Field, Indicators, Record, Subfield

from samut_hub.catalogue.lists.citations import Run, Style, cite
from samut_hub.catalogue.lists.names import name_said
from samut_hub.catalogue.lists.works import Degree, Work, work_of
from samut_hub.catalogue.records.marc import Description, describe
from samut_hub.catalogue.records.marc_writing import new_record

POTTER = Description(
    title="Harry Potter and the philosopher's stone",
    author="Rowling, J. K.",
    publisher="Bloomsbury Publishing",
    publication_place="London",
    year=1997,
    language="eng",
)
CELLS = Description(
    title="Molecular biology of the cell : a problems approach",
    author="Alberts, Bruce; Johnson, Alexander D.; Lewis, Jean-Paul",
    edition="Sixth edition",
    publisher="Garland Science, Inc.",
    publication_place="New York",
    year=2015,
    language="eng",
)
FOUR_REIGNS = Description(
    title="สี่แผ่นดิน",
    author="คึกฤทธิ์ ปราโมช, ม.ร.ว.",
    edition="พิมพ์ครั้งที่ ๑๔",
    publisher="สำนักพิมพ์ดอกหญ้า",
    publication_place="กรุงเทพฯ",
    year=2005,
    language="tha",
)
RESEARCH = Description(
    title="ระเบียบวิธีวิจัย : แนวทางปฏิบัติสู่ความสำเร็จ",
    author="รศ.ดร.สุวิมล ติรกานันท์; นายสมชาย ใจดี",
    edition="ครั้งที่ 3, แก้ไขเพิ่มเติม",
    publisher="บริษัท วีพริ้นท์ (1991) จำกัด",
    publication_place="กรุงเทพฯ",
    year=2014,
    language="tha",
)
REPORT = Description(
    title="รายงานประจำปี 2560", author="กรมศิลปากร", publisher="กรมศิลปากร", publication_place="กรุงเทพฯ", language="tha"
)
NO_AUTHOR = Description(title="พจนานุกรมนักเรียน", publisher="วัฒนาพานิช", year=1988, language="tha")
BARE = Description(title="บันทึกเก่า", language="tha")
FILM = Description(
    title="องค์บาก", author="ปรัชญา ปิ่นแก้ว", publisher="สหมงคลฟิล์ม", year=2003, language="tha", material="video"
)
ATLAS = Description(
    title="Atlas of the world", author="National Geographic Society", publisher="National Geographic Society",
    publication_place="Washington, D.C.", year=2019, edition="11th ed.", language="eng", material="map",
)  # fmt: skip

CASES = [
    (Style.APA, POTTER, "Rowling, J. K. (1997). *Harry Potter and the philosopher's stone*. Bloomsbury Publishing."),
    (
        Style.APA,
        CELLS,
        "Alberts, B., Johnson, A. D., & Lewis, J.-P. (2015). *Molecular biology of the cell: a problems approach* "
        "(6th ed.). Garland Science.",
    ),
    (Style.APA, FOUR_REIGNS, "คึกฤทธิ์ ปราโมช, ม.ร.ว. (2005). *สี่แผ่นดิน* (14th ed.). ดอกหญ้า."),
    (Style.APA, ATLAS, "National Geographic Society. (2019). *Atlas of the world* (11th ed.) [Map]."),
    (
        Style.CHICAGO,
        CELLS,
        "Alberts, Bruce, Alexander D. Johnson, and Jean-Paul Lewis. 2015. *Molecular biology of the cell: a problems "
        "approach*. 6th ed. New York: Garland Science.",
    ),
    (
        Style.CHICAGO_NOTES,
        POTTER,
        "Rowling, J. K. *Harry Potter and the philosopher's stone*. London: Bloomsbury Publishing, 1997.",
    ),
    (
        Style.VANCOUVER,
        CELLS,
        "Alberts B, Johnson AD, Lewis JP. Molecular biology of the cell: a problems approach. 6th ed. New York: "
        "Garland Science; 2015.",
    ),
    (Style.THAI, FOUR_REIGNS, "คึกฤทธิ์ ปราโมช, ม.ร.ว. (2548). *สี่แผ่นดิน* (พิมพ์ครั้งที่ 14). ดอกหญ้า."),
    (
        Style.THAI,
        RESEARCH,
        "สุวิมล ติรกานันท์ และ สมชาย ใจดี. (2557). *ระเบียบวิธีวิจัย: แนวทางปฏิบัติสู่ความสำเร็จ* "
        "(พิมพ์ครั้งที่ 3 แก้ไขเพิ่มเติม). วีพริ้นท์ (1991).",
    ),
    (Style.THAI, POTTER, "Rowling, J. K. (1997). *Harry Potter and the philosopher's stone*. Bloomsbury Publishing."),
    (Style.THAI, REPORT, "กรมศิลปากร. (ม.ป.ป.). *รายงานประจำปี 2560*."),
    (Style.THAI, NO_AUTHOR, "*พจนานุกรมนักเรียน*. (2531). วัฒนาพานิช."),
    (Style.THAI, BARE, "*บันทึกเก่า*. (ม.ป.ป.). ม.ป.พ."),
    (Style.APA, BARE, "*บันทึกเก่า*. (n.d.)."),
    (Style.THAI, FILM, "ปรัชญา ปิ่นแก้ว. (2546). *องค์บาก* [วีดิทัศน์]. สหมงคลฟิล์ม."),
    (Style.APA, FILM, "ปรัชญา ปิ่นแก้ว. (2003). *องค์บาก* [Video]. สหมงคลฟิล์ม."),
    (
        Style.CHICAGO,
        RESEARCH,
        "สุวิมล ติรกานันท์ และ สมชาย ใจดี. 2557. *ระเบียบวิธีวิจัย: แนวทางปฏิบัติสู่ความสำเร็จ*. พิมพ์ครั้งที่ 3 "
        "แก้ไขเพิ่มเติม. กรุงเทพฯ: วีพริ้นท์ (1991).",
    ),
    (Style.VANCOUVER, FOUR_REIGNS, "คึกฤทธิ์ ปราโมช, ม.ร.ว. สี่แผ่นดิน. พิมพ์ครั้งที่ 14. กรุงเทพฯ: ดอกหญ้า; 2548."),
    (Style.VANCOUVER, BARE, "บันทึกเก่า. [ม.ป.ท.]: [ม.ป.พ.]; [ม.ป.ป.]."),
]


def starred(runs: list[Run]) -> str:
    return "".join(f"*{text}*" if is_italic else text for text, is_italic in runs)


def cited(said: Work | Description, style: Style = Style.THAI, language: str = "th") -> str:
    return starred(cite(said, style, language))


@pytest.mark.requirement("A-26")
@pytest.mark.parametrize(("style", "said", "wanted"), CASES)
def test_works_are_cited_as_the_guides_print_them(style: Style, said: Description, wanted: str) -> None:
    assert cited(said, style) == wanted


def test_a_thai_work_has_english_words_in_an_english_list() -> None:
    assert cited(FOUR_REIGNS, Style.CHICAGO, "en") == (
        "คึกฤทธิ์ ปราโมช, ม.ร.ว. 2005. *สี่แผ่นดิน*. 14th ed. กรุงเทพฯ: ดอกหญ้า."
    )


def record(*fields: tuple[str, str], said: Description = POTTER) -> Record:
    """A record of the description with more fields: `("700", "1 aJones, Mary$eeditor")`."""
    made = new_record(said)
    for tag, text in fields:
        first, *more = text[2:].split("$")
        codes = [Subfield(part[0], part[1:]) for part in (first, *more)]
        made.add_ordered_field(Field(tag=tag, indicators=Indicators(text[0], text[1]), subfields=codes))
    return made


def work(*fields: tuple[str, str], said: Description = POTTER) -> Work:
    made = record(*fields, said=said)
    return work_of(describe(made), made)


def test_translators_stand_behind_the_title() -> None:
    thai = Description(title="ร้อยปีแห่งความโดดเดี่ยว", publisher="สามัญชน", year=2007, language="tha")
    found = work(("100", "1 aGarcía Márquez, Gabriel"), ("700", "0 aปณิธาน$eผู้แปล"), said=thai)
    assert cited(found) == "García Márquez, G. (2550). *ร้อยปีแห่งความโดดเดี่ยว* (ปณิธาน, ผู้แปล). สามัญชน."
    assert cited(work(("700", "1 aRabassa, Gregory$etranslator")), Style.CHICAGO).startswith(
        "Rowling, J. K. 1997. *Harry Potter and the philosopher's stone*. Translated by Gregory Rabassa. London"
    )


def test_editors_take_the_place_of_authors_and_are_said_to_be_editors() -> None:
    said = Description(title="Handbook of reading", publisher="Routledge", publication_place="New York", year=2011)
    found = work(("700", "1 aKamil, Michael L.$4edt"), ("700", "1 aPearson, P. David$eeditor"), said=said)
    assert (
        cited(found, Style.APA) == "Kamil, M. L., & Pearson, P. D. (Eds.). (2011). *Handbook of reading*. Routledge."
    )
    assert cited(found, Style.VANCOUVER) == (
        "Kamil ML, Pearson PD, editors. Handbook of reading. New York: Routledge; 2011."
    )
    assert cited(found, Style.CHICAGO).startswith("Kamil, Michael L., and P. David Pearson, eds. 2011.")


def test_a_thesis_names_degree_and_university() -> None:
    said = Description(title="การอ่านของนักเรียน", author="วิภา สุขใจ", year=2017, language="tha", material="thesis")
    found = work(("502", "  aวิทยานิพนธ์ (ศศ.ม.)--จุฬาลงกรณ์มหาวิทยาลัย, 2560"), said=said)
    assert cited(found) == ("วิภา สุขใจ. (2560). *การอ่านของนักเรียน* [วิทยานิพนธ์ปริญญามหาบัณฑิต, จุฬาลงกรณ์มหาวิทยาลัย].")
    english = Description(title="Reading habits", author="Smith, Ann", year=2010, language="eng", material="thesis")
    found = work(("502", "  aThesis (Ph.D.)--Mahidol University, 2010"), said=english)
    assert cited(found, Style.APA) == (
        "Smith, A. (2010). *Reading habits* [Doctoral dissertation, Mahidol University]."
    )
    assert cited(found, Style.CHICAGO) == (
        "Smith, Ann. 2010. “Reading habits.” Doctoral dissertation, Mahidol University."
    )


@pytest.mark.parametrize(
    ("note", "degree"),
    [
        ("Thesis (B.Ed.)--Mahidol University, 2010", Degree.BACHELOR),
        ("ปริญญานิพนธ์ (วท.บ. (วิชาเอกฟิสิกส์))--มหาวิทยาลัยศรีนครินทรวิโรฒ, 2550", Degree.BACHELOR),
        ("โครงงาน (อักษรศาสตรบัณฑิต)--มหาวิทยาลัยเอกชน", Degree.BACHELOR),
        ("Thesis (M.Ed.)--Burapha University", Degree.MASTER),
        ("Thesis (M.B.A.)--Burapha University", Degree.MASTER),
        ("วิทยานิพนธ์ (ศษ.ม. วิชาเอกการบริหาร)--มหาวิทยาลัยรามคำแหง", Degree.MASTER),
        ("Thesis (Ed.D.)--Columbia University, 1980", Degree.DOCTOR),
        ("Thesis (D.B.A.)--Burapha University", Degree.DOCTOR),
        ("Thesis (PhD)--Mahidol University", Degree.DOCTOR),
        ("วิทยานิพนธ์ระดับปริญญาเอก--มหาวิทยาลัยมหิดล", Degree.DOCTOR),
        ("วิทยานิพนธ์ (ปร.ด.)--มหาวิทยาลัยมหิดล", Degree.DOCTOR),
        ("รายงาน--มหาวิทยาลัยเอกชน", Degree.NONE),
    ],
)
def test_the_degree_of_a_thesis_is_read_from_its_note(note: str, degree: Degree) -> None:
    assert work(("502", f"  a{note}")).degree is degree


def test_a_bachelor_writes_no_thesis_in_thai() -> None:
    said = Description(title="แสง", author="วิภา สุขใจ", year=2017, language="tha", material="thesis")
    found = work(("502", "  aปริญญานิพนธ์ (วท.บ.)--มหาวิทยาลัยศรีนครินทรวิโรฒ, 2560"), said=said)
    assert "[ปริญญานิพนธ์, มหาวิทยาลัยศรีนครินทรวิโรฒ]" in cited(found)


def test_electronic_books_have_their_address_at_the_end() -> None:
    found = work(("856", "40uhttps://example.org/potter"))
    assert cited(found, Style.APA).endswith("Bloomsbury Publishing. https://example.org/potter")
    assert cited(found, Style.VANCOUVER) == (
        "Rowling JK. Harry Potter and the philosopher's stone [Internet]. London: Bloomsbury Publishing; 1997. "
        "Available from: https://example.org/potter"
    )


def test_an_article_names_its_journal() -> None:
    said = Description(title="ห้องสมุดโรงเรียนวันนี้", author="สมศรี มีสุข", year=2019, language="tha", material="clipping")
    found = work(("773", "0 tวารสารห้องสมุด$gปีที่ 63, ฉบับที่ 1, หน้า 1-15"), said=said)
    assert cited(found) == ("สมศรี มีสุข. (2562). ห้องสมุดโรงเรียนวันนี้. *วารสารห้องสมุด*, ปีที่ 63, ฉบับที่ 1, หน้า 1-15.")


def test_a_body_is_never_turned_around() -> None:
    said = Description(title="Annual report", publisher="WHO", year=2020, language="eng")
    assert cited(work(("110", "2 aWorld Health Organization"), said=said), Style.APA) == (
        "World Health Organization. (2020). *Annual report*. WHO."
    )


def test_many_authors_are_shortened_as_each_style_wants() -> None:
    names = "; ".join(f"Family{chr(65 + place)}, Given" for place in range(25))
    many = Description(
        title="Big science", author=names, publisher="P", publication_place="Q", year=2000, language="eng"
    )
    assert "FamilyS, G., . . . FamilyY, G. (2000)" in cited(many, Style.APA)
    assert cited(many, Style.VANCOUVER).startswith(
        "FamilyA G, FamilyB G, FamilyC G, FamilyD G, FamilyE G, FamilyF G, et al."
    )
    assert "Given FamilyG, et al. 2000." in cited(many, Style.CHICAGO)
    thai = Description(title="งานใหญ่", author="; ".join(f"สม{letter} ดี" for letter in "กขคงจฉชซ"), language="tha")
    assert cited(thai, Style.VANCOUVER).startswith("สมก ดี, สมข ดี, สมค ดี, สมง ดี, สมจ ดี, สมฉ ดี และคณะ.")


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("คึกฤทธิ์ ปราโมช, ม.ร.ว.", "คึกฤทธิ์ ปราโมช, ม.ร.ว."),
        ("ม.ร.ว. คึกฤทธิ์ ปราโมช", "คึกฤทธิ์ ปราโมช, ม.ร.ว."),
        ("ผศ.ดร.สมชาย ใจดี", "สมชาย ใจดี"),
        ("ศาสตราจารย์ ดร. สมชาย ใจดี", "สมชาย ใจดี"),
        ("สมชาย ใจดี, ดร.", "สมชาย ใจดี"),
        ("นางสาวสมศรี มีสุข", "สมศรี มีสุข"),
        ("นางนวล", "นางนวล"),
        ("พล.ต.ต.สมยศ กล้าหาญ", "สมยศ กล้าหาญ"),
        ("อนุมานราชธน, พระยา", "อนุมานราชธน, พระยา"),
        ("พระยาอนุมานราชธน", "พระยาอนุมานราชธน"),
        ("โรว์ลิ่ง, เจ. เค.", "โรว์ลิ่ง, เจ. เค."),
        ("กระทรวงศึกษาธิการ. กรมวิชาการ", "กระทรวงศึกษาธิการ. กรมวิชาการ"),
        ("กรมพระยาดำรงราชานุภาพ", "กรมพระยาดำรงราชานุภาพ"),
        ("วัดใจ กล้าหาญ", "วัดใจ กล้าหาญ"),
        ("ศูนย์หนังสือจุฬา", "ศูนย์หนังสือจุฬา"),
        ("Homer", "Homer"),
    ],
)
def test_thai_people_keep_their_given_name_first_and_lose_their_ranks(typed: str, whole: str) -> None:
    assert name_said(typed).whole == whole


def test_other_people_are_turned_around_however_they_were_typed() -> None:
    assert name_said("Gates, Bill").inverted == name_said("Bill Gates").inverted == "Gates, Bill"
    assert name_said("King, Martin Luther, Jr.").suffix == "Jr."
