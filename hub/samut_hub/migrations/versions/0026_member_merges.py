"""Two entries of one member made into one, which can be undone"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "member_merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("from_row", sa.JSON(), nullable=False),
        sa.Column("into_before", sa.JSON(), nullable=False),
        sa.Column("into_after", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_member_merges_library_id_libraries"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_accounts.id"], name="fk_member_merges_staff_id_staff_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_member_merges"),
    )
    op.create_index("ix_member_merges_library", "member_merges", ["library_id", "id"])
    op.create_index("ix_member_merges_into_id", "member_merges", ["into_id"])
    op.create_table(
        "moved_member_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("dropped", sa.JSON(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_moved_member_rows_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["member_merges.id"], name="fk_moved_member_rows_merge_id_member_merges", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_moved_member_rows"),
    )
    op.create_index("ix_moved_member_rows_merge", "moved_member_rows", ["merge_id", "id"])
    op.create_table(
        "distinct_members",
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_distinct_members_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["one_id"], ["members.id"], name="fk_distinct_members_one_id_members", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["members.id"], name="fk_distinct_members_other_id_members", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_accounts.id"], name="fk_distinct_members_staff_id_staff_accounts"
        ),
        sa.PrimaryKeyConstraint("one_id", "other_id", name="pk_distinct_members"),
    )
    op.create_index("ix_distinct_members_other_id", "distinct_members", ["other_id"])
