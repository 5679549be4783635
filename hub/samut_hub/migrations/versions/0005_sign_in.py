"""On whose device a member is signed in, and wrong passwords counted by place alone"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("member_sessions", sa.Column("own_device", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_failed_sign_ins_where", "failed_sign_ins", ["origin", "at"])
