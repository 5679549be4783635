"""Claims with which devices join, and every certificate that a device was given"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("key_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_device_claims_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_device_claims"),
        sa.UniqueConstraint("token_hash", name="uq_device_claims_token_hash"),
    )
    op.create_index("ix_device_claims_expires_at", "device_claims", ["library_id", "expires_at"])
    op.create_table(
        "device_certificates",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("key_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("certificate", sa.Text(), server_default="", nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_device_certificates_device_id_devices"),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_device_certificates_library_id_libraries"),
        sa.PrimaryKeyConstraint("serial", name="pk_device_certificates"),
    )
    op.create_index("ix_device_certificates_device", "device_certificates", ["library_id", "device_id"])
    op.execute(
        "INSERT INTO device_certificates (serial, device_id, issued_at, revoked_at, library_id) "
        "SELECT certificate_serial, id, added_at, revoked_at, library_id FROM devices WHERE certificate_serial <> ''"
    )
