"""Whose accounts a library lets in, and by what its people are known there"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staff_accounts") as accounts:
        accounts.add_column(sa.Column("email", sa.Text(), server_default="", nullable=False))
        accounts.add_column(sa.Column("school_subject", sa.Text(), nullable=True))
        accounts.create_unique_constraint(
            "uq_staff_accounts_library_id_school_subject", ["library_id", "school_subject"]
        )
    op.create_index("ix_members_email", "members", ["library_id", "email"])
    op.create_table(
        "sign_in_providers",
        sa.Column("library_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("vouches", sa.Boolean(), nullable=False),
        sa.Column("number_claim", sa.Text(), nullable=False),
        sa.Column("for_staff", sa.Boolean(), nullable=False),
        sa.Column("for_members", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_sign_in_providers_library_id_libraries"),
        sa.PrimaryKeyConstraint("library_id", "provider", name="pk_sign_in_providers"),
    )
