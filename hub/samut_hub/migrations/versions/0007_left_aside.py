"""Items that stay on the shelf of reserved ones when nobody collected them"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("holds", sa.Column("left_aside", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_holds_left_aside",
        "holds",
        ["library_id", "item_id"],
        sqlite_where=sa.text("left_aside = 1"),
        postgresql_where=sa.text("left_aside"),
    )
