"""Desk stations: what their readers read, PINs of staff; national ID cards that are read, numbers that are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _library(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name=f"fk_{table}_library_id_libraries")


def upgrade() -> None:
    op.add_column("device_commands", sa.Column("content", sa.JSON(), nullable=True))
    op.create_table(
        "desk_reads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        _library("desk_reads"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_desk_reads_device_id_devices"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_reads"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_desk_reads_device", "desk_reads", ["device_id", "id"])
    op.create_table(
        "desk_listeners",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        _library("desk_listeners"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_desk_listeners_device_id_devices"),
        sa.PrimaryKeyConstraint("device_id", name="pk_desk_listeners"),
    )
    op.create_table(
        "desk_pins",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("pin", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        _library("desk_pins"),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_accounts.id"], name="fk_desk_pins_staff_id_staff_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", name="pk_desk_pins"),
    )
    op.create_table(
        "card_readings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("photo", sa.Boolean(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        _library("card_readings"),
        sa.PrimaryKeyConstraint("id", name="pk_card_readings"),
    )
    op.create_table(
        "number_keeping",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        _library("number_keeping"),
        sa.PrimaryKeyConstraint("library_id", name="pk_number_keeping"),
    )
    op.create_table(
        "kept_numbers",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        _library("kept_numbers"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_kept_numbers_member_id_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_kept_numbers"),
    )
