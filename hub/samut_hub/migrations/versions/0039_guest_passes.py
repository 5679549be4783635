"""Guests and counts of gates: passes that are good for a while, people whom beams counted, alarms"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guest_passes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_from", sa.DateTime(), nullable=False),
        sa.Column("valid_until", sa.DateTime(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by", sa.Text(), server_default="", nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_guest_passes_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_guest_passes"),
        sa.UniqueConstraint("library_id", "code_hash", name="uq_guest_passes_library_id_code_hash"),
    )
    op.create_index("ix_guest_passes_until", "guest_passes", ["library_id", "valid_until"])
    op.create_table(
        "gate_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("with_type", sa.Text(), nullable=True),
        sa.Column("with_group", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_gate_counts_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_gate_counts"),
    )
    op.create_index("ix_gate_counts_at", "gate_counts", ["library_id", "at"])
    op.create_table(
        "gate_alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("barcode", sa.Text(), server_default="", nullable=False),
        sa.Column("tag", sa.Text(), server_default="", nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("seen_by", sa.Text(), server_default="", nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_gate_alarms_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_gate_alarms"),
    )
    op.create_index("ix_gate_alarms_at", "gate_alarms", ["library_id", "at"])
    op.create_index(
        "ix_gate_alarms_unseen",
        "gate_alarms",
        ["library_id", "quiet", "at"],
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "people_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_people_counts_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_people_counts"),
    )
    op.create_index("ix_people_counts_at", "people_counts", ["library_id", "at"])
    op.add_column("visits", sa.Column("persons", sa.Integer(), server_default="1", nullable=False))
    op.add_column("visits", sa.Column("guest_pass_id", sa.Integer(), nullable=True))
    op.add_column("retention_settings", sa.Column("guests_days", sa.Integer(), server_default="90", nullable=False))
