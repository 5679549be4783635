"""Rows of any table written down as JSON, and read back as their columns keep them."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import JSON, Column, TypeDecorator


def whole(row: Any) -> dict[str, Any]:
    """The columns of a row as JSON keeps them; those that the database computes are left out."""
    columns = (column for column in row.__table__.columns if column.computed is None)
    return {column.name: _plain(column, getattr(row, column.key)) for column in columns}


def read(columns: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the columns of a table keep them; what is no column of it any more is left out."""
    return {name: _value(columns[name], value) for name, value in values.items() if name in columns}


def _plain(column: Column[Any], value: Any) -> Any:
    return value if isinstance(column.type, JSON) else msgspec.to_builtins(value)


def _value(column: Column[Any], value: Any) -> Any:
    if value is None or isinstance(column.type, JSON):
        return value
    kept_as = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return msgspec.convert(value, kept_as.python_type, strict=False)
