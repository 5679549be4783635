"""What was not read in a stock-taking, kept from its closing on"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stock_unread_items",
        sa.Column("stock_taking_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_stock_unread_items_item_id_items"),
        sa.ForeignKeyConstraint(["library_id"], ["libraries.id"], name="fk_stock_unread_items_library_id_libraries"),
        sa.ForeignKeyConstraint(
            ["stock_taking_id"], ["stock_takings.id"], name="fk_stock_unread_items_stock_taking_id_stock_takings"
        ),
        sa.PrimaryKeyConstraint("stock_taking_id", "item_id", name="pk_stock_unread_items"),
    )
    op.create_index("ix_stock_unread_items_fate", "stock_unread_items", ["stock_taking_id", "fate", "item_id"])
    op.create_index("ix_stock_unread_items_item", "stock_unread_items", ["item_id"])
