"""Designs and pictures of member cards, and what was printed for whom"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_what_is_kept()
    _make_runs()


def _make_what_is_kept() -> None:
    op.create_table(
        "card_designs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_card_designs_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_card_designs"),
        sa.UniqueConstraint("library_id", "name", name="uq_card_designs_library_id_name"),
    )
    op.create_table(
        "card_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_logo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_card_pictures_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_card_pictures"),
        sa.UniqueConstraint("library_id", "name", name="uq_card_pictures_library_id_name"),
    )
    op.create_table(
        "card_settings",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("last_wish", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_card_settings_library_id_libraries"),
        sa.PrimaryKeyConstraint("library_id", name="pk_card_settings"),
    )


def _make_runs() -> None:
    op.create_table(
        "card_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("design_name", sa.Text(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_card_runs_library_id_libraries"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_accounts.id"], name="fk_card_runs_staff_id_staff_accounts"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_card_runs_task_id_tasks", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_card_runs"),
    )
    op.create_index("ix_card_runs_made_at", "card_runs", ["library_id", "made_at"])
    op.create_index("ix_card_runs_task_id", "card_runs", ["task_id"])
    op.create_table(
        "printed_cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_printed_cards_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_printed_cards_member_id_members", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["card_runs.id"], name="fk_printed_cards_run_id_card_runs", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_printed_cards"),
    )
    op.create_index("ix_printed_cards_member", "printed_cards", ["member_id", "number"])
    op.create_index("ix_printed_cards_run_id", "printed_cards", ["run_id"])
