"""The bundled scripts, styles and icons: which file of `static/dist` stands for which name.

`npm run build` writes them with a hash of their content in the name, so that browsers may keep them for ever.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup

from samut_hub.errors import ConfigError

DIST = Path(__file__).parent / "static" / "dist"
_ICON = Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>')


def read_manifest() -> Mapping[str, str]:
    """Names as in the sources → file names. Raises ConfigError when the bundle was not built."""
    try:
        manifest: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{DIST} has no bundle. Run `npm ci && npm run build` first.") from None
    return manifest


def use_bundle(app: Flask) -> None:
    """Give templates `asset(name)`, the address of a bundled file, and `icon(name)`, one of Tabler's.

    Both are made once: a page has dozens of them. An icon says nothing to screen readers.
    """
    addresses = {name: f"{app.static_url_path}/dist/{file}" for name, file in read_manifest().items()}

    @cache
    def icon(name: str) -> Markup:
        return _ICON.format(addresses["icons.svg"], name)

    app.jinja_env.globals.update(asset=addresses.__getitem__, icon=icon)
