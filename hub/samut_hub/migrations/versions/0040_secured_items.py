"""Which items have something that waits for staff, such as a tag that may tell the exit something wrong"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waiting = sa.text("settled_at IS NULL")
    op.create_index(
        "ix_conflicts_waiting",
        "conflicts",
        ["library_id", "barcode"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
