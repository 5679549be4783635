"""Which way each reader of a gate stands."""

from collections.abc import Mapping

from samut_edge.devices.part import PartKind
from samut_edge.errors import SettingsError

READERS = (PartKind.CARD_READER, PartKind.SCANNER, PartKind.CAMERA)


def check_directions(directions: Mapping[str, str], kinds: Mapping[str, PartKind]) -> None:
    """Raises SettingsError: a reader at the way out that is not named so would refuse people their way out."""
    unnamed = [part for part, kind in kinds.items() if kind in READERS and part not in directions]
    if unnamed:
        raise SettingsError(
            f"No direction is set for {_list(unnamed)}. Say in `directions` of [gate] for each reader "
            "whether it stands at the way “in” or “out”."
        )
    strange = [part for part in directions if part not in kinds]
    if strange:
        raise SettingsError(
            f"`directions` of [gate] names {_list(strange)}, which is no part of this device. "
            f"Its parts are {_list(list(kinds)) or 'none'}. Correct the name."
        )


def _list(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
