"""A driver's options: read from the settings into a typed record, or refused by name."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec

from samut_edge.errors import SettingsError

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=60)]
Text = Annotated[str, msgspec.Meta(min_length=1)]

Kind = TypeVar("Kind", bound=msgspec.Struct)


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all drivers' options have in common: unknown keys are refused."""


def read_options(part: str, options: Mapping[str, Any], kind: type[Kind]) -> Kind:
    """Raises SettingsError that names the part and the key."""
    try:
        return msgspec.convert(dict(options), kind)
    except msgspec.ValidationError as error:
        raise SettingsError(f"Part “{part}”: {error}. Correct [parts.{part}.options] and start again.") from None
