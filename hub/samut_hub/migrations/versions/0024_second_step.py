"""The second step of signing in"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_second_steps",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_staff_second_steps_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_accounts.id"], name="fk_staff_second_steps_staff_id_staff_accounts"
        ),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff_second_steps"),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name="fk_staff_recovery_codes_library_id_libraries"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_accounts.id"], name="fk_staff_recovery_codes_staff_id_staff_accounts"
        ),
        sa.PrimaryKeyConstraint("staff_id", "code_hash", name="pk_staff_recovery_codes"),
    )
    op.create_table(
        "sign_in_settings",
        sa.Column("library_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("second_step_roles", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_sign_in_settings_library_id_libraries"),
        sa.PrimaryKeyConstraint("library_id", name="pk_sign_in_settings"),
    )
