"""How long the membership of a type lasts when it is renewed; what is said to be back is found by index"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_OPEN_CLAIM = sa.text("claimed_at IS NOT NULL AND returned_at IS NULL")


def upgrade() -> None:
    op.add_column("member_types", sa.Column("valid_months", sa.Integer(), nullable=True))
    op.add_column("member_types", sa.Column("year_ends", sa.Text(), server_default="03-31", nullable=False))
    op.create_index(
        "ix_loans_claimed",
        "loans",
        ["library_id", "claimed_at"],
        sqlite_where=_OPEN_CLAIM,
        postgresql_where=_OPEN_CLAIM,
    )
