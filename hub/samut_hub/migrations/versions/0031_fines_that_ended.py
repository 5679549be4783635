"""Overdue fines of latenesses that a renewal ended: a loan may have several, of which one runs on"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

INDEX = "one_overdue_charge_per_loan"


def upgrade() -> None:
    op.add_column("charges", sa.Column("is_final", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index(INDEX, "charges")
    op.create_index(
        INDEX,
        "charges",
        ["library_id", "loan_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'overdue' AND is_final = 0"),
        postgresql_where=sa.text("kind = 'overdue' AND NOT is_final"),
    )
