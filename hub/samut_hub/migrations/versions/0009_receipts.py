"""Receipts with numbers, what became of payments, closings of tills, kinds of charges, PromptPay"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_kinds_and_settings()
    _make_receipts()
    _make_closings()
    with op.batch_alter_table("charges") as charges:
        charges.add_column(sa.Column("own_kind_id", sa.Integer(), nullable=True))
        charges.add_column(sa.Column("waived", sa.Integer(), server_default="0", nullable=False))
        charges.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
        charges.create_foreign_key("fk_charges_own_kind_id_charge_kinds", "charge_kinds", ["own_kind_id"], ["id"])
        charges.create_foreign_key("fk_charges_staff_id_staff_accounts", "staff_accounts", ["staff_id"], ["id"])
    _widen_payments()


def _make_kinds_and_settings() -> None:
    op.create_table(
        "charge_kinds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_charge_kinds_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_charge_kinds"),
        sa.UniqueConstraint("library_id", "name_th", name="uq_charge_kinds_library_id_name_th"),
    )
    op.create_table(
        "charge_settings",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("promptpay", sa.Text(), nullable=False),
        sa.Column("promptpay_name", sa.Text(), nullable=False),
        sa.Column("year", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_charge_settings_library_id_libraries"),
        sa.PrimaryKeyConstraint("library_id", name="pk_charge_settings"),
    )


def _make_receipts() -> None:
    op.create_table(
        "receipt_counters",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_receipt_counters_library_id_libraries"),
        sa.PrimaryKeyConstraint("library_id", "year", name="pk_receipt_counters"),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("till", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("paid_at", sa.DateTime(), nullable=False),
        sa.Column("voided_at", sa.DateTime(), nullable=True),
        sa.Column("voided_by", sa.Integer(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_receipts_library_id_libraries"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_receipts_member_id_members"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_accounts.id"], name="fk_receipts_staff_id_staff_accounts"),
        sa.ForeignKeyConstraint(["voided_by"], ["staff_accounts.id"], name="fk_receipts_voided_by_staff_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
        sa.UniqueConstraint("library_id", "year", "number", name="uq_receipts_library_id_year_number"),
    )
    op.create_index("ix_receipts_member", "receipts", ["library_id", "member_id", "id"])
    op.create_index("ix_receipts_paid_at", "receipts", ["library_id", "paid_at"])


def _make_closings() -> None:
    op.create_table(
        "till_closings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("till", sa.Text(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_till_closings_library_id_libraries"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_accounts.id"], name="fk_till_closings_staff_id_staff_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_till_closings"),
    )
    op.create_index("ix_till_closings_at", "till_closings", ["library_id", "closed_at"])


def _widen_payments() -> None:
    """What was taken before has no receipt; it was cash, and lies in no till that could still be counted."""
    with op.batch_alter_table("payments") as payments:
        payments.alter_column("staff_id", existing_type=sa.Integer(), nullable=True)
        payments.add_column(sa.Column("receipt_id", sa.Integer(), nullable=True))
        payments.add_column(sa.Column("kind", sa.Text(), server_default="payment", nullable=False))
        payments.add_column(sa.Column("method", sa.Text(), server_default="cash", nullable=False))
        payments.add_column(sa.Column("till", sa.Text(), server_default="", nullable=False))
        payments.add_column(sa.Column("reversed", sa.Integer(), server_default="0", nullable=False))
        payments.add_column(sa.Column("of_id", sa.Integer(), nullable=True))
        payments.add_column(sa.Column("reason", sa.Text(), server_default="", nullable=False))
        payments.add_column(sa.Column("closing_id", sa.Integer(), nullable=True))
        payments.create_foreign_key("fk_payments_receipt_id_receipts", "receipts", ["receipt_id"], ["id"])
        payments.create_foreign_key("fk_payments_closing_id_till_closings", "till_closings", ["closing_id"], ["id"])
    op.create_index("ix_payments_receipt", "payments", ["receipt_id"])
    op.create_index("ix_payments_paid_at", "payments", ["library_id", "paid_at"])
    op.create_index("ix_payments_closing", "payments", ["closing_id"])
    op.create_index(
        "ix_payments_not_closed",
        "payments",
        ["library_id", "till"],
        sqlite_where=sa.text("closing_id IS NULL"),
        postgresql_where=sa.text("closing_id IS NULL"),
    )
