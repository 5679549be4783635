"""Which accounts elsewhere let their member in: those linked by codes, as of LINE, only take notices"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("member_identities", sa.Column("signs_in", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE member_identities SET signs_in = true WHERE provider = 'school'")
