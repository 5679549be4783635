"""Loan rules by category, place and larger materials; opening hours; use in the library; days without borrowing"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SCOPES = (("category_id", "categories"), ("place_id", "places"))


def upgrade() -> None:
    with op.batch_alter_table("loan_rules") as table:
        for name, _of in SCOPES:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
        table.drop_constraint("uq_loan_rules_library_id_member_type_material_effective_from", type_="unique")
        table.create_unique_constraint(
            "uq_loan_rules_scope",
            ["library_id", "member_type", "material", "category_id", "place_id", "effective_from"],
        )
        for name, of in SCOPES:
            table.create_foreign_key(f"fk_loan_rules_{name}_{of}", of, [name], ["id"], ondelete="CASCADE")
    op.create_index("ix_loan_rules_category", "loan_rules", ["category_id"])
    op.create_index("ix_loan_rules_place", "loan_rules", ["place_id"])
    op.create_table(
        "larger_materials",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_larger_materials_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["material"], ["material_types.code"], name="fk_larger_materials_material_material_types"
        ),
        sa.ForeignKeyConstraint(
            ["parent"], ["material_types.code"], name="fk_larger_materials_parent_material_types"
        ),
        sa.PrimaryKeyConstraint("library_id", "material", name="pk_larger_materials"),
    )
    op.add_column("libraries", sa.Column("weekly_hours", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("closures", sa.Column("hours", sa.Text(), server_default="", nullable=False))
    op.add_column("members", sa.Column("on_site_loans", sa.Integer(), server_default="0", nullable=False))
    op.add_column("members", sa.Column("suspended_until", sa.Date(), nullable=True))
    op.add_column("loans", sa.Column("on_site", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("items", sa.Column("to_catalogue", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_items_to_catalogue",
        "items",
        ["library_id", "added_at"],
        sqlite_where=sa.text("to_catalogue = 1"),
        postgresql_where=sa.text("to_catalogue"),
    )
