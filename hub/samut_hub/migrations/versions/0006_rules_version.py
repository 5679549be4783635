"""A count of the changes of calendar and lending rules"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("libraries", sa.Column("rules_version", sa.Integer(), server_default="1", nullable=False))
