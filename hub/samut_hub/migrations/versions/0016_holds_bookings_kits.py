"""Holds of one copy, paused, moved to the front, with a place to fetch them; bookings of equipment; parts of kits"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_pickup_places()
    with op.batch_alter_table("holds") as table:
        for name, of, gone in (("wanted_item_id", "items", None), ("pickup_id", "pickup_places", "SET NULL")):
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
            table.create_foreign_key(f"fk_holds_{name}_{of}", of, [name], ["id"], ondelete=gone)
            table.create_index(f"ix_holds_{name}", [name])
    op.add_column("holds", sa.Column("suspended_until", sa.Date(), nullable=True))
    op.add_column("holds", sa.Column("priority", sa.Integer(), server_default="0", nullable=False))
    for name in ("moved_why", "ended_why"):
        op.add_column("holds", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in ("hold_priority", "max_bookings", "booking_days"):
        op.add_column("loan_rules", sa.Column(name, sa.Integer(), nullable=True))
    _make_bookings()
    _make_parts_checks()


def _make_pickup_places() -> None:
    op.create_table(
        "pickup_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_pickup_places_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_pickup_places"),
        sa.UniqueConstraint("library_id", "name", name="uq_pickup_places_library_id_name"),
    )


def _make_bookings() -> None:
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("by_hours", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_fixed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_bookings_item_id_items"),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_bookings_library_id_libraries"),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="fk_bookings_loan_id_loans"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_bookings_member_id_members"),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name="fk_bookings_title_id_titles", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
    )
    for name, column in (("item", "item_id"), ("title", "title_id")):
        op.create_index(
            f"ix_bookings_of_{name}",
            "bookings",
            ["library_id", column, "starts_at"],
            sqlite_where=sa.text("state = 'booked'"),
            postgresql_where=sa.text("state = 'booked'"),
        )
        op.create_index(f"ix_bookings_{name}", "bookings", [column])
    op.create_index("ix_bookings_loan_id", "bookings", ["loan_id"])
    op.create_index("ix_bookings_of_member", "bookings", ["library_id", "member_id", "state"])
    op.create_index("ix_bookings_state", "bookings", ["library_id", "state", "starts_at"])


def _make_parts_checks() -> None:
    op.create_table(
        "parts_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at_lending", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("missing", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_parts_checks_item_id_items"),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_parts_checks_library_id_libraries"),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="fk_parts_checks_loan_id_loans"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_accounts.id"], name="fk_parts_checks_staff_id_staff_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_parts_checks"),
    )
    op.create_index("ix_parts_checks_item_id", "parts_checks", ["item_id"])
    op.create_index("ix_parts_checks_loan_id", "parts_checks", ["loan_id"])
    op.create_index("ix_parts_checks_of_item", "parts_checks", ["library_id", "item_id", "id"])
