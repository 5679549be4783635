"""How long a library keeps what tells of people; class, type and level of the time stay with loans and visits"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("loans") as loans:
        loans.alter_column("member_id", existing_type=sa.Integer(), nullable=True)
        loans.add_column(sa.Column("member_type", sa.Text(), nullable=True))
        loans.add_column(sa.Column("member_group", sa.Text(), nullable=True))
        loans.add_column(sa.Column("member_level", sa.Integer(), nullable=True))
    op.add_column("visits", sa.Column("member_type", sa.Text(), nullable=True))
    op.add_column("visits", sa.Column("member_group", sa.Text(), nullable=True))
    op.add_column("visits", sa.Column("member_level", sa.Integer(), nullable=True))
    op.create_table(
        "retention_settings",
        sa.Column("library_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("loans_months", sa.Integer(), nullable=False),
        sa.Column("visits_months", sa.Integer(), nullable=False),
        sa.Column("notices_months", sa.Integer(), nullable=False),
        sa.Column("audit_months", sa.Integer(), nullable=False),
        sa.Column("loans_until", sa.DateTime(), nullable=True),
        sa.Column("visits_until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_retention_settings_library_id_libraries"),
        sa.PrimaryKeyConstraint("library_id", name="pk_retention_settings"),
    )
