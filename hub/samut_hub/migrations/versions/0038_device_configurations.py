"""What devices are set to do, from the hub; their groups, alarms and logs; why an order was given"""

import sqlalchemy as sa
from alembic import op

from samut_hub.db import Moment

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _groups()
    _configurations()
    _columns_of_devices()
    _alarms()
    _logs()
    op.add_column("device_commands", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.add_column("conflicts", sa.Column("settled_how", sa.Text(), server_default="", nullable=False))


def _groups() -> None:
    op.create_table(
        "device_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_device_groups_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_device_groups"),
        sa.UniqueConstraint("library_id", "name", name="uq_device_groups_library_id_name"),
    )


def _configurations() -> None:
    op.create_table(
        "device_configurations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["libraries.id"], name="fk_device_configurations_library_id_libraries"
        ),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_device_configurations_device_id_devices"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["device_groups.id"], name="fk_device_configurations_group_id_device_groups"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_device_configurations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_device_configurations_device", "device_configurations", ["library_id", "device_id", "id"])
    op.create_index(
        "ix_device_configurations_group", "device_configurations", ["library_id", "group_id", "role", "id"]
    )


def _columns_of_devices() -> None:
    with op.batch_alter_table("devices") as devices:
        devices.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        devices.add_column(sa.Column("configuration", sa.Integer(), server_default="0", nullable=False))
        devices.add_column(sa.Column("configuration_wanted", sa.Integer(), server_default="0", nullable=False))
        devices.add_column(sa.Column("configuration_refused", sa.Integer(), server_default="0", nullable=False))
        devices.add_column(sa.Column("configuration_fault", sa.Text(), server_default="", nullable=False))
        devices.add_column(sa.Column("drivers", sa.JSON(), server_default="[]", nullable=False))
        devices.add_column(sa.Column("updates", sa.Boolean(), server_default=sa.false(), nullable=False))
        devices.add_column(sa.Column("settings", sa.JSON(), server_default="{}", nullable=False))
        devices.add_column(sa.Column("occupancy", sa.Integer(), nullable=True))
        devices.add_column(sa.Column("alarms", sa.JSON(), server_default="[]", nullable=False))
        devices.create_foreign_key("fk_devices_group_id_device_groups", "device_groups", ["group_id"], ["id"])
    op.create_index("ix_devices_group", "devices", ["library_id", "group_id"])
    op.create_index("ix_devices_name", "devices", ["library_id", "name", "id"])


def _alarms() -> None:
    op.create_table(
        "device_alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("cleared_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_device_alerts_library_id_libraries"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_device_alerts_device_id_devices"),
        sa.PrimaryKeyConstraint("id", name="pk_device_alerts"),
    )
    op.create_index(
        "one_open_alert",
        "device_alerts",
        ["library_id", "device_id", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_index("ix_device_alerts_raised", "device_alerts", ["library_id", "raised_at"])


def _logs() -> None:
    op.create_table(
        "device_logs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("command_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_device_logs_library_id_libraries"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_device_logs_device_id_devices"),
        sa.PrimaryKeyConstraint("id", name="pk_device_logs"),
        sa.UniqueConstraint("library_id", "command_id", "part", name="uq_device_logs_library_id_command_id_part"),
    )
    op.create_index("ix_device_logs_device", "device_logs", ["library_id", "device_id", "told_at"])
    op.create_index("ix_device_logs_told", "device_logs", ["told_at"])
