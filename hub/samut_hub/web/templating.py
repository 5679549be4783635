"""What every template may use beside Flask's own names."""

from collections.abc import Mapping

from flask import Flask, request, url_for


def page_address(page: int, name: str = "page") -> str:
    """The address of this list at another page, with its search words and filters; `name` tells lists apart."""
    words = {**request.args.to_dict(flat=False), **(request.view_args or {}), name: page}
    return url_for(request.endpoint or "home.dashboard", **words)


def drop_none(options: Mapping[str, object]) -> dict[str, object]:
    """Attributes of a control without those that do not apply."""
    return {name: value for name, value in options.items() if value is not None and value is not False}


def use_templating(app: Flask) -> None:
    app.jinja_env.globals.update(page_address=page_address, drop_none=drop_none)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
