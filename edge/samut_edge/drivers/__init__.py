"""One file per model. Each has `create(name, options, emit)` and is found by its name in the settings."""

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from samut_edge.devices.part import Emit, Part, PartKind
from samut_edge.errors import SettingsError


def driver_names() -> list[str]:
    """Every driver that can stand in the settings, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def create_part(name: str, driver: str, options: Mapping[str, Any], emit: Emit) -> Part:
    """The part that the settings describe, not yet started. Imports only the driver it needs."""
    part: Part = _module(name, driver).create(name, options, emit)
    return part


def kind_of(name: str, driver: str) -> PartKind:
    """What the driver drives."""
    kind: PartKind = _module(name, driver).KIND
    return kind


def _module(name: str, driver: str) -> ModuleType:
    if driver not in driver_names():
        raise SettingsError(
            f"Part “{name}” asks for the driver “{driver}”, which does not exist. "
            f"Choose one of: {', '.join(driver_names())}."
        )
    try:
        return importlib.import_module(f"{__name__}.{driver}")
    except (ImportError, RuntimeError) as error:  # RuntimeError: RPi.GPIO on a computer that is no Pi
        raise SettingsError(
            f"Part “{name}”: the driver “{driver}” cannot run on this computer: {error} "
            f"Install samut-edge[devices], or set “virtual = true” to try it without hardware."
        ) from error
