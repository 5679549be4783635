"""What may stand in an address or a form: no number that no row can have, no NUL, which no text in a database has."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.routing import IntegerConverter, ValidationError

LARGEST_ID = 2**31 - 1
"""The ids of rows are 32-bit integers in PostgreSQL; SQLite takes no parameters beyond 64 bits."""


class IdConverter(IntegerConverter):
    """A number in an address. A page about a row that cannot be there is not found."""

    def to_python(self, value: str) -> int:
        number: int = super().to_python(value)
        if number > LARGEST_ID:
            raise ValidationError
        return number


class Parameters(ImmutableMultiDict[str, Any]):
    """What is asked for or filled in, without NUL. A number that is too large is none, as is one that has letters."""

    def __init__(self, sent: Any = None) -> None:
        super().__init__(_without_nul(iter_multi_items(sent or ())))

    def get(  # type: ignore[override]  # it is overloaded there
        self,
        key: str,
        default: Any = None,
        type: Callable[[Any], Any] | None = None,  # noqa: A002 — Werkzeug's name
    ) -> Any:
        return super().get(key, default, type=_bounded(type))  # type: ignore[arg-type]

    def getlist(self, key: str, type: Callable[[Any], Any] | None = None) -> list[Any]:  # noqa: A002
        return super().getlist(key, type=_bounded(type))  # type: ignore[arg-type]


class PlainRequest(Request):
    parameter_storage_class = Parameters


def refuse_nul() -> None:
    """400: no address of the hub has one."""
    if "\0" in request.path:
        abort(400)


def use_parameters(app: Flask) -> None:
    """Before pages are registered."""
    app.request_class = PlainRequest
    app.url_map.converters["int"] = IdConverter
    app.before_request(refuse_nul)


def _bounded(wanted: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    return _small_number if wanted is int else wanted


def _small_number(typed: str) -> int:
    number = int(typed)
    if abs(number) > LARGEST_ID:
        raise ValueError
    return number


def _without_nul(pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(name, value.replace("\0", "") if isinstance(value, str) else value) for name, value in pairs]
