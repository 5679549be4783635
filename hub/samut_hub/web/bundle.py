"""The bundled scripts, styles and icons: which file of `static/dist` stands for which name.

`npm run build` writes them with a hash of their content in the name, so that browsers may keep them for ever.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, url_for

from samut_hub.errors import ConfigError

DIST = Path(__file__).parent / "static" / "dist"


def read_manifest() -> Mapping[str, str]:
    """Names as in the sources → file names. Raises ConfigError when the bundle was not built."""
    try:
        manifest: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{DIST} has no bundle. Run `npm ci && npm run build` first.") from None
    return manifest


def use_bundle(app: Flask) -> None:
    """Give templates `asset(name)`: the address of a bundled file."""
    manifest = read_manifest()

    def asset(name: str) -> str:
        return url_for("static", filename=f"dist/{manifest[name]}")

    app.jinja_env.globals["asset"] = asset
