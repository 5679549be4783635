"""Days closed every year; what befell a loan: lost, said to be returned, recalled, renewed without being seen"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "yearly_closures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_yearly_closures_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_yearly_closures"),
        sa.UniqueConstraint("library_id", "month", "day", name="uq_yearly_closures_library_id_month_day"),
    )
    for name in ("lost_at", "claimed_at", "recalled_at"):
        op.add_column("loans", sa.Column(name, sa.DateTime(), nullable=True))
    op.add_column("loans", sa.Column("unseen_renewals", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_loans_lost",
        "loans",
        ["library_id", "item_id"],
        sqlite_where=sa.text("lost_at IS NOT NULL"),
        postgresql_where=sa.text("lost_at IS NOT NULL"),
    )
