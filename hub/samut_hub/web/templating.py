"""What every template may use beside Flask's own names."""

from collections.abc import Mapping, MutableMapping
from types import MappingProxyType
from typing import Any, cast

from flask import Flask, request, url_for
from flask.templating import Environment


class Templates(Environment):
    """Jinja asks at every import which names a template has beside those that all have. By itself it gives each one a
    chain of two tables to look them up in, which took a tenth of a page; here they share one table, which is only
    read through a template: a name that one of them is given later must not reach all others."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        if d:
            return super().make_globals(d)
        return cast("MutableMapping[str, Any]", MappingProxyType(self.globals))


def asked() -> dict[str, Any]:
    """The request's words, to put them into an address. Those with which `url_for` is told where to lead are left
    out: nobody's link to this page may make it one to elsewhere."""
    return {name: said for name, said in request.args.to_dict(flat=False).items() if not name.startswith("_")}


def page_address(page: int, name: str = "page") -> str:
    """The address of this list at another page, with its search words and filters; `name` tells lists apart."""
    words: dict[str, Any] = {**asked(), **(request.view_args or {}), name: page}
    return url_for(request.endpoint or "home.dashboard", **words)


def drop_none(options: Mapping[str, object]) -> dict[str, object]:
    """Attributes of a control without those that do not apply."""
    return {name: value for name, value in options.items() if value is not None and value is not False}


def use_templating(app: Flask) -> None:
    """Before anything else adds to the templates' names."""
    app.jinja_environment = Templates
    app.jinja_env.globals.update(asked=asked, page_address=page_address, drop_none=drop_none)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
