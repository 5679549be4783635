"""What members are told: notices, their words, and what members chose"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_settings",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("due_soon_days", sa.Integer(), nullable=False),
        sa.Column("overdue_days", sa.JSON(), nullable=False),
        sa.Column("expiry_days", sa.Integer(), nullable=False),
        sa.Column("letters_from", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("letterhead", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("smtp_host", sa.Text(), nullable=False),
        sa.Column("smtp_port", sa.Integer(), nullable=False),
        sa.Column("smtp_security", sa.Text(), nullable=False),
        sa.Column("smtp_user", sa.Text(), nullable=False),
        sa.Column("smtp_password", sa.LargeBinary(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("email_fault", sa.Text(), nullable=False),
        sa.Column("line_account", sa.Text(), nullable=False),
        sa.Column("line_token", sa.LargeBinary(), nullable=True),
        sa.Column("line_secret", sa.LargeBinary(), nullable=True),
        sa.Column("line_fault", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_notice_settings_library_id_libraries"),
        sa.PrimaryKeyConstraint("library_id", name="pk_notice_settings"),
    )
    op.create_table(
        "notice_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref_id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_notice_events_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_events"),
    )
    op.create_table(
        "notice_occasions",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_notice_occasions_library_id_libraries"),
        sa.PrimaryKeyConstraint("library_id", "kind", "ref_id", "mark", name="pk_notice_occasions"),
    )
    op.create_index("ix_notice_occasions_at", "notice_occasions", ["at"])
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_notices_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_notices_member_id_members", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_accounts.id"], name="fk_notices_staff_id_staff_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_made_at", "notices", ["made_at"])
    op.create_index("ix_notices_member_only", "notices", ["member_id"])
    op.create_index("ix_notices_of_library", "notices", ["library_id", "id"])
    op.create_index("ix_notices_of_member", "notices", ["library_id", "member_id", "id"])
    op.create_index("ix_notices_of_state", "notices", ["library_id", "state", "id"])
    op.create_index("ix_notices_waiting", "notices", ["state", "next_at"])
    op.create_table(
        "notice_texts",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_notice_texts_library_id_libraries"),
        sa.PrimaryKeyConstraint("library_id", "kind", "channel", "language", name="pk_notice_texts"),
    )
    op.create_table(
        "member_notices",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_member_notices_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_member_notices_member_id_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_member_notices"),
    )
    op.create_table(
        "line_codes",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_by", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_line_codes_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_line_codes_member_id_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name="pk_line_codes"),
    )
    op.create_index("ix_line_codes_expires_at", "line_codes", ["expires_at"])
    op.create_index("ix_line_codes_member_id", "line_codes", ["member_id"])
