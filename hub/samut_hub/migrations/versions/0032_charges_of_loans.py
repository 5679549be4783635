"""The charges of a loan are found by index, also by who parts thousands of old loans from their members"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_OF_LOAN = sa.text("loan_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_charges_loan", "charges", ["library_id", "loan_id"], sqlite_where=_OF_LOAN, postgresql_where=_OF_LOAN
    )
