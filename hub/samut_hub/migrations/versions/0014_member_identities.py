"""Accounts elsewhere that are a member's: the school's, and LINE"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "member_identities",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_member_identities_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_member_identities_member_id_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "provider", name="pk_member_identities"),
        sa.UniqueConstraint(
            "library_id", "provider", "subject", name="uq_member_identities_library_id_provider_subject"
        ),
    )
