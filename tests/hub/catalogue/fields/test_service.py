"""A library shapes its forms: what it wants goes over what was there, and nobody else sees it."""

import pytest

from samut_hub.catalogue import items
from samut_hub.catalogue import service as titles
from samut_hub.catalogue.fields import service
from samut_hub.catalogue.fields.policy import FieldShape, Of, Shown
from samut_hub.catalogue.fields.service import FormShape, InUseError, NameTakenError
from samut_hub.catalogue.items import ItemFields
from samut_hub.catalogue.models import MaterialType, Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.records.materials import MATERIALS
from tests.hub.catalogue.conftest import NOW, Catalogue
from tests.hub.conftest import Libraries


def shape_of(catalogue: Catalogue, material: str, of: Of = Of.TITLE, *, library: int = 0) -> FormShape:
    with catalogue.database.session(library or catalogue.library, writes=False) as session:
        return service.shape(session, of, material)


def field(shape: FormShape, name: str) -> FieldShape:
    return next(one for one in shape.fields if one.name == name)


def want(catalogue: Catalogue, material: str, *wanted: FieldShape) -> None:
    """Let the library want these fields so, and all others as they are."""
    with catalogue.database.session(catalogue.library) as session:
        now_so = service.shape(session, Of.TITLE, material).fields
        by_name = {one.name: one for one in wanted}
        service.change_shape(session, Of.TITLE, material, [by_name.get(one.name, one) for one in now_so])


@pytest.fixture
def school(catalogue: Catalogue) -> Catalogue:
    with catalogue.database.session(catalogue.library) as session:
        titles.add_material_types(session)
    return catalogue


@pytest.mark.parametrize(
    ("material", "first", "hidden"),
    [
        ("book", "isbn", "issn"),
        ("journal", "issn", "isbn"),
        ("newspaper", "frequency", "edition"),
        ("video", "extent", "issn"),
        ("tablet", "publisher", "author"),
    ],
)
def test_each_kind_of_material_begins_with_what_fits_it(
    school: Catalogue, material: str, first: str, hidden: str
) -> None:
    shape = shape_of(school, material)
    assert field(shape, first).shown == Shown.FIRST
    assert field(shape, hidden).shown == Shown.HIDDEN


def test_equipment_is_asked_for_its_serial_number_and_warranty(school: Catalogue) -> None:
    projector, book = (shape_of(school, material, Of.ITEM) for material in ("equipment", "book"))
    for name in ("serial_number", "warranty_until", "parts", "received_on"):
        assert field(projector, name).shown == Shown.FIRST
    assert field(book, "serial_number").shown == Shown.HIDDEN


@pytest.mark.parametrize("material", [material.code for material in MATERIALS])
def test_no_form_is_without_a_title_or_an_accession_number(school: Catalogue, material: str) -> None:
    for of, name in ((Of.TITLE, "title"), (Of.ITEM, "accession_number")):
        shape = shape_of(school, material, of)
        assert field(shape, name).required
        hidden = [FieldShape(one.name, Shown.HIDDEN, position=one.position) for one in shape.fields]
        with school.database.session(school.library) as session:
            service.change_shape(session, of, material, hidden)
        assert field(shape_of(school, material, of), name) == field(shape, name)


def test_what_holds_for_all_gives_way_to_one_kind_and_only_where_that_says_something(school: Catalogue) -> None:
    want(school, "", FieldShape("edition", Shown.FIRST, required=True))
    want(school, "map", FieldShape("edition", Shown.FIRST, required=False))
    assert field(shape_of(school, "book"), "edition").required
    assert not field(shape_of(school, "map"), "edition").required
    assert field(shape_of(school, "map"), "edition").shown == Shown.FIRST
    assert field(shape_of(school, "journal"), "issn").shown == Shown.FIRST, (
        "a wish for all hides nothing a kind needs"
    )


def test_the_order_is_the_librarys(school: Catalogue) -> None:
    shape = shape_of(school, "book")
    names = [one.name for one in shape.fields]
    moved = sorted(shape.fields, key=lambda one: one.name != "isbn")
    with school.database.session(school.library) as session:
        service.change_shape(session, Of.TITLE, "book", moved)
    assert [one.name for one in shape_of(school, "book").fields] == ["isbn", *(n for n in names if n != "isbn")]
    assert [one.name for one in shape_of(school, "map").fields] == names


def test_another_library_keeps_its_own_forms(school: Catalogue, libraries: Libraries) -> None:
    want(school, "book", FieldShape("isbn", Shown.HIDDEN))
    with school.database.session(school.library) as session:
        service.add_own_field(session, Of.TITLE, "แขวงวิชา", "")
    assert field(shape_of(school, "book", library=libraries.south), "isbn").shown == Shown.FIRST
    assert not shape_of(school, "book", library=libraries.south).own


def test_what_was_set_is_forgotten(school: Catalogue) -> None:
    before = shape_of(school, "book")
    want(school, "book", FieldShape("isbn", Shown.HIDDEN, default="978"))
    with school.database.session(school.library) as session:
        assert service.materials_with_wishes(session, Of.TITLE) == {"book"}
        service.forget_shape(session, Of.TITLE, "book")
    assert shape_of(school, "book") == before


def test_own_fields_keep_several_values_of_titles_and_of_copies(school: Catalogue) -> None:
    (title_id,) = school.add("พระอภัยมณี")
    with school.database.session(school.library) as session:
        title = titles.title_by_id(session, title_id)
        subject = service.add_own_field(session, Of.TITLE, "กลุ่มสาระ", "Learning area")
        donor = service.add_own_field(session, Of.ITEM, "ผู้บริจาค", "Donor")
        (item,) = items.add_items(session, title, ItemFields(accession_number="000001"), now=NOW)
        service.set_own_values(session, title, {subject.id: ["ภาษาไทย", "ศิลปะ"]})
        service.set_own_values(session, item, {donor.id: ["ศิษย์เก่า"]})
        assert service.own_values(session, title) == {subject.id: ["ภาษาไทย", "ศิลปะ"]}
        assert [(one.name("en"), said) for one, said in service.own_texts(session, item)] == [("Donor", ["ศิษย์เก่า"])]
        service.set_own_values(session, title, {subject.id: []})
        assert service.own_values(session, title) == {}


def test_an_own_field_that_says_something_stays(school: Catalogue) -> None:
    (title_id,) = school.add("พระอภัยมณี")
    with school.database.session(school.library) as session:
        title, own = titles.title_by_id(session, title_id), service.add_own_field(session, Of.TITLE, "ผู้บริจาค", "")
        service.set_own_values(session, title, {own.id: ["ศิษย์เก่า"]})
        with pytest.raises(InUseError):
            service.remove_own_field(session, own)
        with pytest.raises(NameTakenError):
            service.add_own_field(session, Of.TITLE, "ผู้บริจาค", "")
        titles.remove_title(session, title, now=NOW)
        service.remove_own_field(session, own)
        assert not service.shape(session, Of.TITLE, "book").own


def test_a_kind_of_material_is_added_like_another_and_goes_only_unused(school: Catalogue) -> None:
    with school.database.session(school.library) as session:
        drone = service.add_material(session, ("โดรน", "Drone!"), "equipment")
        assert drone.code == "drone"
        assert field(service.shape(session, Of.ITEM, "drone"), "serial_number").shown == Shown.FIRST
        with pytest.raises(NameTakenError):
            service.add_material(session, ("โดรน", "Another"), "equipment")
        service.rename_material(session, drone, ("โดรนบินถ่ายภาพ", "Camera drone"))
        assert service.add_material(session, ("โดรน", "Drone"), "equipment").code == "drone_2"
    school.add(Description(title="DJI Mini", material="drone"))
    with school.database.session(school.library) as session:
        with pytest.raises(InUseError) as refusal:
            service.remove_material(session, service.material(session, "drone"))
        assert refusal.value.uses == 1
        service.remove_material(session, service.material(session, "drone_2"))
        with pytest.raises(InUseError):
            service.remove_material(session, service.material(session, "book"))
        assert session.get(MaterialType, "drone_2") is None
        assert session.query(Title).count() == 1
