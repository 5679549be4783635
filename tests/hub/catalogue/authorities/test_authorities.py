"""Headings as a cataloguer keeps them: forms not used, related ones, renaming, merging and undoing it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from pymarc import Field, Indicators, Record, Subfield

from samut_hub.catalogue import service as titles
from samut_hub.catalogue.authorities import changing, service
from samut_hub.catalogue.authorities.cli import relink_titles
from samut_hub.catalogue.authorities.linking import HeadingKind, heading_key
from samut_hub.catalogue.authorities.models import Heading
from samut_hub.catalogue.authorities.rewriting import rewrite, take_back, written
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import write_record
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.config import Config
from tests.hub.catalogue.conftest import NOW, Catalogue

PERSON, SUBJECT = HeadingKind.PERSON, HeadingKind.SUBJECT


def field(tag: str, *subfields: str) -> Field:
    parts = [Subfield(one[0], one[2:]) for one in subfields]
    return Field(tag=tag, indicators=Indicators(" ", " "), subfields=parts)


def heading(catalogue: Catalogue, text: str, kind: HeadingKind = SUBJECT) -> int:
    with catalogue.database.session(None, writes=False) as session:
        found = service.holder_of(session, kind, heading_key(text))
        assert found is not None, text
        return found.id


def said(catalogue: Catalogue, title_id: int) -> tuple[str, str]:
    with catalogue.database.session(None, writes=False) as session:
        title = session.get_one(Title, title_id)
        return title.author, title.subjects


def change(catalogue: Catalogue, text: str, new: str, *, kind: HeadingKind = SUBJECT, merges: bool = False) -> int:
    with catalogue.database.session(None) as session:
        old = session.get_one(Heading, heading(catalogue, text, kind))
        if merges:
            into = changing.target_of(session, old, new)
            change_id = changing.merge(session, old, into, staff_id=None, now=NOW).id
        else:
            change_id = changing.rename(session, old, new, staff_id=None, now=NOW).id
    follow(catalogue, change_id)
    return change_id


def follow(catalogue: Catalogue, change_id: int) -> None:
    """In batches of two, each in a transaction of its own."""
    done = 1
    while done:
        with catalogue.database.session(None) as session:
            done = changing.follow(session, change_id, now=NOW, most=2)


def undo(catalogue: Catalogue, change_id: int) -> None:
    with catalogue.database.session(None) as session:
        changing.undo(session, changing.change_by_id(session, change_id), now=NOW)
    follow(catalogue, change_id)


def test_a_name_changes_and_its_dates_roles_and_marks_stay() -> None:
    record = Record()
    record.fields = [
        field("100", "a Phu, Sunthorn,", "c poet,", "d 1786-1855,", "e author."),
        field("650", "a Rivers", "b and canals.", "x History", "z Thailand."),
    ]
    before = [written(one) for one in record.fields]
    changes = rewrite(record, PERSON, {heading_key("Phu, Sunthorn, poet")}, "สุนทรภู่")
    changes += rewrite(record, SUBJECT, {"rivers and canals"}, "Waterways")
    assert [str(one) for one in record.fields] == [
        "=100  \\\\$aสุนทรภู่,$d1786-1855,$eauthor.",
        "=650  \\\\$aWaterways.$xHistory$zThailand.",
    ]
    take_back(record, changes)
    assert [written(one) for one in record.fields] == before


def test_a_renamed_heading_changes_the_records_of_all_its_titles_and_back(catalogue: Catalogue) -> None:
    ids = catalogue.add(
        *(Description(title=f"เล่ม {n}", author="มานี มีนา", subjects="แม่นำ้ -- ไทย; เรือ") for n in range(5))
    )
    change_id = change(catalogue, "แม่นำ้", "แม่น้ำลำคลอง")
    assert {said(catalogue, one) for one in ids} == {("มานี มีนา", "แม่น้ำลำคลอง -- ไทย; เรือ")}
    assert len(catalogue.search("ลำคลอง")) == 5
    with catalogue.database.session(None) as session:
        found = service.heading_by_id(session, heading(catalogue, "แม่น้ำลำคลอง"))
        assert [row.titles for row in service.find(session, [SUBJECT], "ลำคลอง")] == [5]
        assert [form.text for form in service.refer_here(session, found)] == ["แม่นำ้"]
    undo(catalogue, change_id)
    assert {said(catalogue, one) for one in ids} == {("มานี มีนา", "แม่นำ้ -- ไทย; เรือ")}
    assert catalogue.search("ลำคลอง") == []
    with catalogue.database.session(None) as session:
        assert service.refer_here(session, service.heading_by_id(session, heading(catalogue, "แม่นำ้"))) == []


@pytest.mark.requirement("K-12")
def test_two_names_of_one_person_become_one_and_part_again(catalogue: Catalogue) -> None:
    ids = catalogue.add(
        Description(title="ก", author="ศรีบูรพา"),
        Description(title="ข", author="กุหลาบ สายประดิษฐ์"),
        Description(title="ค", author="ศรีบูรพา; กุหลาบ สายประดิษฐ์"),
    )
    with catalogue.database.session(None) as session:
        one = session.get_one(Heading, heading(catalogue, "ศรีบูรพา", PERSON))
        service.add_see_from(session, one, "Siburapha", now=NOW)
        service.add_heading(session, PERSON, "ชนิด สายประดิษฐ์", now=NOW)
        service.relate(session, one, "ชนิด สายประดิษฐ์")
    change_id = change(catalogue, "ศรีบูรพา", "กุหลาบ สายประดิษฐ์", kind=PERSON, merges=True)
    assert {said(catalogue, one)[0] for one in ids} == {"กุหลาบ สายประดิษฐ์"}
    with catalogue.database.session(None) as session:
        kept = session.get_one(Heading, heading(catalogue, "กุหลาบ สายประดิษฐ์", PERSON))
        assert {form.text for form in service.refer_here(session, kept)} == {"ศรีบูรพา", "Siburapha"}
        assert [other.text for other in service.see_also(session, kept)] == ["ชนิด สายประดิษฐ์"]
        assert service.title_counts(session, [kept.id]) == {kept.id: 3}
        used = service.used_forms(session, ["ศรีบูรพา", "ใครอื่น"], names=True)
        assert used == {"ศรีบูรพา": "กุหลาบ สายประดิษฐ์"}
    undo(catalogue, change_id)
    assert [said(catalogue, one)[0] for one in ids[:2]] == ["ศรีบูรพา", "กุหลาบ สายประดิษฐ์"]
    assert set(said(catalogue, ids[2])[0].split("; ")) == {"ศรีบูรพา", "กุหลาบ สายประดิษฐ์"}
    with catalogue.database.session(None) as session:
        one = session.get_one(Heading, heading(catalogue, "ศรีบูรพา", PERSON))
        assert [form.text for form in service.refer_here(session, one)] == ["Siburapha"]
        assert [other.text for other in service.see_also(session, one)] == ["ชนิด สายประดิษฐ์"]
        assert service.see_also(session, session.get_one(Heading, kept.id)) == []


def test_a_title_saved_with_the_old_form_stands_under_the_new_one(catalogue: Catalogue) -> None:
    catalogue.add(Description(title="ก", subjects="รถยนตร์"))
    change(catalogue, "รถยนตร์", "รถยนต์")
    catalogue.add(Description(title="ข", subjects="รถยนตร์"))
    with catalogue.database.session(None, writes=False) as session:
        used = service.heading_by_id(session, heading(catalogue, "รถยนต์"))
        assert [title.title for title in service.titles_under(session, used)] == ["ก", "ข"]
        assert service.suggest(session, [SUBJECT], "รถยนต") == ["รถยนต์"]


def test_what_a_cataloguer_changed_since_is_not_undone(catalogue: Catalogue) -> None:
    first, second = catalogue.add(Description(title="ก", subjects="แมว"), Description(title="ข", subjects="แมว"))
    change_id = change(catalogue, "แมว", "แมวบ้าน")
    with catalogue.database.session(None) as session:
        title = session.get_one(Title, first)
        titles.edit_title(session, title, Description(title="ก", subjects="สุนัข"), version=title.version, now=NOW)
    undo(catalogue, change_id)
    assert (said(catalogue, first)[1], said(catalogue, second)[1]) == ("สุนัข", "แมว")


def test_changes_are_undone_in_their_order(catalogue: Catalogue) -> None:
    catalogue.add(Description(title="ก", subjects="หมา"))
    first = change(catalogue, "หมา", "สุนัข")
    second = change(catalogue, "สุนัข", "สุนัขบ้าน")
    with pytest.raises(changing.ChangedSinceError):
        undo(catalogue, first)
    undo(catalogue, second)
    undo(catalogue, first)
    with pytest.raises(changing.ChangedSinceError):
        undo(catalogue, first)
    assert heading(catalogue, "หมา")


def test_a_form_that_is_a_heading_is_not_made_twice(catalogue: Catalogue) -> None:
    catalogue.add(Description(title="ก", subjects="หมา; สุนัข"))
    with catalogue.database.session(None) as session:
        one = session.get_one(Heading, heading(catalogue, "หมา"))
        with pytest.raises(service.HeadingTakenError):
            service.add_see_from(session, one, "สุนัข", now=NOW)
        with pytest.raises(service.HeadingTakenError):
            changing.rename(session, one, "สุนัข", staff_id=None, now=NOW)
        with pytest.raises(service.EmptyHeadingError):
            changing.rename(session, one, "...", staff_id=None, now=NOW)
        with pytest.raises(changing.SameHeadingError):
            changing.merge(session, one, one, staff_id=None, now=NOW)


def test_headings_stand_in_thai_order_and_can_be_paged_both_ways(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PAGE", 2)
    catalogue.add(Description(title="ก", subjects="แมว; ไก่; เกม; น้ำ; Zebra"))
    with catalogue.database.session(None, writes=False) as session:
        first = service.browse(session, SUBJECT)
        assert [row.heading.text for row in first.rows] == ["เกม", "ไก่"]
        second = service.browse(session, SUBJECT, after=first.rows[-1].heading.id)
        assert [row.heading.text for row in second.rows] == ["น้ำ", "แมว"]
        third = service.browse(session, SUBJECT, after=second.rows[-1].heading.id)
        assert ([row.heading.text for row in third.rows], third.has_after) == (["Zebra"], False)
        back = service.browse(session, SUBJECT, before=third.rows[0].heading.id)
        assert [row.heading.text for row in back.rows] == ["น้ำ", "แมว"]
        assert [row.heading.text for row in service.browse(session, SUBJECT, start="น").rows] == ["น้ำ", "แมว"]
        assert service.suggest(session, [SUBJECT, PERSON], "แม") == ["แมว"]


def test_records_from_before_there_were_headings_get_theirs(catalogue: Catalogue, tmp_path: Path) -> None:
    marc = write_record(new_record(Description(title="เก่า", author="คนเก่า", subjects="ของเก่า")))
    with catalogue.database.session(None) as session:
        titles.add_material_types(session)
        session.add(Title(title="เก่า", sort_title=b"", sort_author=b"", marc=marc, changed_at=NOW))
    url = catalogue.database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    told = CliRunner().invoke(relink_titles, obj=Config(home=tmp_path, database=url))
    assert "Every title has its headings" in told.output
    assert heading(catalogue, "ของเก่า")
    assert heading(catalogue, "คนเก่า", PERSON)
