"""By which order the names of a library's members were sorted, so that they are sorted anew only when it changed"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("libraries", sa.Column("names_sorted", sa.Text(), server_default="", nullable=False))
