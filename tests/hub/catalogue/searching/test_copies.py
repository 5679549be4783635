"""Which copies of a title the library has, and which of them are free."""

from samut_hub.catalogue.searching.service import Here, copies_here
from tests.hub.catalogue.searching.conftest import Shelves


def test_copies_on_loan_are_not_free_and_those_written_off_do_not_count(shelves: Shelves) -> None:
    hall, room = shelves.place("ห้องโถง"), shelves.place("ห้องอ่าน")
    title, other = shelves.title("พระอภัยมณี"), shelves.title("ขุนช้างขุนแผน")
    shelves.item(title, "B00001", place_id=hall)
    shelves.item(title, "B00002", place_id=room)
    shelves.item(title, "B00003", place_id=room)
    shelves.item(other, "B00009", shelves.libraries.south)
    shelves.lend("B00001")
    shelves.write_off("B00003")
    with shelves.database.session(shelves.libraries.north, writes=False) as session:
        assert copies_here(session, [title, other]) == {title: Here(total=2, free=1, place_id=room)}
        assert copies_here(session, []) == {}
    with shelves.database.session(shelves.libraries.south, writes=False) as session:
        assert copies_here(session, [title, other]) == {other: Here(total=1, free=1)}
