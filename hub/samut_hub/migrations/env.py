"""Run by Alembic: migrates over the connection it is handed."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from samut_hub.db import Moment
from samut_hub.models import Base


def _render(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    return "sa.DateTime()" if kind == "type" and isinstance(item, Moment) else False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, render_item=_render)
with context.begin_transaction():
    context.run_migrations()
