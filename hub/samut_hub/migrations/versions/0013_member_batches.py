"""Changes of many members at once, which can be put back; the school year of a member's class"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("school_year", sa.Integer(), nullable=True))
    op.create_table(
        "member_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_member_batches_library_id_libraries"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_accounts.id"], name="fk_member_batches_staff_id_staff_accounts"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_member_batches_task_id_tasks", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_member_batches"),
    )
    op.create_index("ix_member_batches_task_id", "member_batches", ["task_id"])
    op.create_table(
        "member_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("left", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["member_batches.id"], name="fk_member_changes_batch_id_member_batches", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_member_changes_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_member_changes_member_id_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_member_changes"),
        sa.UniqueConstraint("batch_id", "member_id", name="uq_member_changes_batch_id_member_id"),
    )
    op.create_index("ix_member_changes_member_id", "member_changes", ["member_id"])
