"""Roles that libraries make, and rights of single persons"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_staff_roles_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_roles"),
        sa.UniqueConstraint("library_id", "name", name="uq_staff_roles_library_id_name"),
    )
    with op.batch_alter_table("staff_accounts") as accounts:
        accounts.add_column(sa.Column("role_id", sa.Integer(), nullable=True))
        accounts.add_column(sa.Column("granted", sa.JSON(), server_default="[]", nullable=False))
        accounts.add_column(sa.Column("removed", sa.JSON(), server_default="[]", nullable=False))
        accounts.create_foreign_key("fk_staff_accounts_role_id_staff_roles", "staff_roles", ["role_id"], ["id"])
        accounts.create_index("ix_staff_accounts_role_id", ["role_id"])
