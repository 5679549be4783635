"""What was changed is called as people call it."""

from samut_hub.audit.columns import COLUMNS
from samut_hub.audit.covered import COVERED
from samut_hub.models import Base


def test_every_column_that_is_written_down_has_a_name() -> None:
    raw = {
        f"{table}.{column.key}"
        for table, covered in COVERED.items()
        for column in Base.metadata.tables[table].columns
        if column.key not in {"id", "library_id", *covered.passing, *COLUMNS}
    }
    assert raw == set()
