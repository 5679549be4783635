"""More about members: birth, address, guardian, level of education; states of cards; fields of the library's own"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXTS = (
    "born",
    "address",
    "facebook",
    "line_id",
    "guardian_name",
    "guardian_phone",
    "guardian_relation",
    "phone_key",
)


def upgrade() -> None:
    op.add_column("groups", sa.Column("level", sa.Integer(), nullable=True))
    op.add_column("members", sa.Column("level", sa.Integer(), nullable=True))
    for name in TEXTS:
        op.add_column("members", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("members", sa.Column("card_lost", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("cards", sa.Column("state", sa.Text(), server_default="active", nullable=False))
    op.execute("UPDATE cards SET state = 'replaced' WHERE NOT active")
    digits = "replace(replace(replace(replace(phone, '-', ''), ' ', ''), '.', ''), '+66', '0')"
    op.execute(f"UPDATE members SET phone_key = {digits} WHERE phone <> ''")  # noqa: S608 — no text from outside
    op.create_index("ix_members_phone", "members", ["library_id", "phone_key"])
    op.create_index("ix_members_group", "members", ["group_id"])
    _make_tables()


def _make_tables() -> None:
    op.create_table(
        "education_levels",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_education_levels_library_id_libraries"),
        sa.PrimaryKeyConstraint("library_id", "step", name="pk_education_levels"),
    )
    op.create_table(
        "member_fields",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_member_fields_library_id_libraries"),
        sa.PrimaryKeyConstraint("id", name="pk_member_fields"),
        sa.UniqueConstraint("library_id", "name_th", name="uq_member_fields_library_id_name_th"),
    )
    op.create_table(
        "member_values",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["field_id"], ["member_fields.id"], name="fk_member_values_field_id_member_fields"),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_member_values_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_member_values_member_id_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "field_id", name="pk_member_values"),
    )
    op.create_index("ix_member_values_field_id", "member_values", ["field_id"])
