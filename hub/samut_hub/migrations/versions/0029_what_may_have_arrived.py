"""Since when a notice may have arrived; who made a code that links LINE; what the retention clock has still to part

LINE knows a message again for a day only. Loans and visits that are still somebody's are found by an index, however
many are nobody's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_LOANS = sa.text("returned_at IS NOT NULL AND member_id IS NOT NULL")
_VISITS = sa.text("member_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("notices", sa.Column("first_tried_at", sa.DateTime(), nullable=True))
    op.execute(
        "UPDATE notices SET first_tried_at = made_at WHERE attempts > 0 AND "
        "(state = 'sending' OR (state = 'waiting' AND channel = 'line' AND fault = 'unreachable'))"
    )
    with op.batch_alter_table("line_codes") as codes:
        codes.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
        codes.create_foreign_key("fk_line_codes_staff_id_staff_accounts", "staff_accounts", ["staff_id"], ["id"])
    op.create_index(
        "ix_loans_of_somebody", "loans", ["library_id", "returned_at"], sqlite_where=_LOANS, postgresql_where=_LOANS
    )
    op.create_index(
        "ix_visits_of_somebody", "visits", ["library_id", "at"], sqlite_where=_VISITS, postgresql_where=_VISITS
    )
