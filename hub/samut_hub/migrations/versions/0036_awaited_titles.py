"""Which changed titles somebody looks for at once, so that these are found quickly among those of an import"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("title_changes", sa.Column("is_awaited", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_title_changes_awaited",
        "title_changes",
        ["id"],
        sqlite_where=sa.text("is_awaited = 1"),
        postgresql_where=sa.text("is_awaited"),
    )
