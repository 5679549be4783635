"""Lending rules say all that a library may set: hours, closed days, limits, renewals, fines, holds, and from when"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBERS = (
    "loan_hours", "max_total", "max_on_site", "same_title_times", "same_title_wait", "minimum_age",
    "minimum_level", "renewal_days", "renew_within_days", "max_unseen_renewals", "guaranteed_days",
    "recall_days", "fine_every", "grace", "fine_cap_of_member", "suspension_days", "suspension_cap",
    "default_price", "processing_fee", "lost_refund_days", "max_claims", "max_holds", "shelf_days",
)
CHOICES = (
    "calendar_mode", "at_closing", "fixed_due_is", "renew_from", "fine_unit", "fine_charged", "grace_is",
    "lost_refund",
)
SWITCHES = (
    "auto_renew", "fine_closed_days", "fine_cap_at_price", "suspension_follows", "suspension_open_days",
    "hold_on_shelf",
)
DAYS = (
    "effective_from", "fixed_due",
)


def upgrade() -> None:
    kinds = ((NUMBERS, sa.Integer), (CHOICES, sa.Text), (SWITCHES, sa.Boolean), (DAYS, sa.Date))
    with op.batch_alter_table("loan_rules") as table:
        for names, kind in kinds:
            for name in names:
                table.add_column(sa.Column(name, kind(), nullable=True))
        table.drop_constraint("uq_loan_rules_library_id_member_type_material", type_="unique")
        table.create_unique_constraint(
            "uq_loan_rules_library_id_member_type_material_effective_from",
            ["library_id", "member_type", "material", "effective_from"],
        )
    op.create_index("ix_loans_of_member_and_item", "loans", ["library_id", "member_id", "item_id"])
