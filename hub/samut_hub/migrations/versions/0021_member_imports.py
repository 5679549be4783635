"""Imports of members, classes and photographs, which can be undone"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "member_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("header_key", sa.Text(), nullable=False),
        sa.Column("match", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("adds", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("makes", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=True),
        sa.Column("school_year", sa.Integer(), nullable=True),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("undo_asked_at", sa.DateTime(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_member_imports_library_id_libraries"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_accounts.id"], name="fk_member_imports_staff_id_staff_accounts"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_member_imports_task_id_tasks", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["type_id"], ["member_types.id"], name="fk_member_imports_type_id_member_types", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_member_imports"),
    )
    op.create_index("ix_member_imports_digest", "member_imports", ["library_id", "digest"])
    op.create_index("ix_member_imports_task_id", "member_imports", ["task_id"])
    op.create_index("ix_member_imports_type_id", "member_imports", ["type_id"])
    op.create_table(
        "imported_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("values_before", sa.JSON(), nullable=False),
        sa.Column("values_after", sa.JSON(), nullable=False),
        sa.Column("cards", sa.JSON(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("photo_before", sa.LargeBinary(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["member_imports.id"], name="fk_imported_members_import_id_member_imports", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_imported_members_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_imported_members"),
    )
    op.create_index("ix_imported_members_import", "imported_members", ["import_id", "id"])
    op.create_index("ix_imported_members_member_id", "imported_members", ["member_id"])
    op.create_table(
        "refused_member_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("row", sa.LargeBinary(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["member_imports.id"], name="fk_refused_member_rows_import_id_member_imports",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_refused_member_rows_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_refused_member_rows"),
    )
    op.create_index("ix_refused_member_rows_import", "refused_member_rows", ["import_id", "position"])
