"""What was changed is called as people call it."""

from samut_hub.audit.columns import COLUMNS
from samut_hub.audit.covered import COVERED
from samut_hub.audit.words import column_name
from samut_hub.models import Base


def test_the_number_of_a_member_is_not_called_that_of_a_receipt() -> None:
    named = [column_name("number", kind) for kind in ("member", "member_merge", "receipt")]
    assert named == ["Member number", "Member number", "Receipt number"]


def test_every_column_that_is_written_down_has_a_name() -> None:
    raw = {
        f"{table}.{column.key}"
        for table, covered in COVERED.items()
        for column in Base.metadata.tables[table].columns
        if column.key not in {"id", "library_id", *covered.passing, *COLUMNS}
    }
    assert raw == set()
