"""What a task is called in each language, as who reads of it may speak another than who started it"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("names", sa.JSON(), server_default="{}", nullable=False))
