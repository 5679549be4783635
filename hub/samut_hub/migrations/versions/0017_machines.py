"""What machines of other makers may do beside lending; receipts are found by the reference of a payment"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("blocks", "ncip"):
        op.add_column("sip2_accounts", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sip2_accounts", sa.Column("payments", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "ix_receipts_reference",
        "receipts",
        ["library_id", "reference"],
        sqlite_where=sa.text("reference <> ''"),
        postgresql_where=sa.text("reference <> ''"),
    )
