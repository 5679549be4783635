"""From when until when a lateness was that a renewal ended: what is told late is worked out anew by that"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("late_from", "late_until"):
        op.add_column("charges", sa.Column(name, sa.DateTime(), nullable=True))
