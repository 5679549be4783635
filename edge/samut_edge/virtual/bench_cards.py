"""The demonstration cards and books of a bench: bench.json in the settings folder."""

from pathlib import Path

import msgspec

from samut_edge.errors import SettingsError
from samut_edge.events import CardKind


class BenchCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    kind: CardKind
    value: str


class BenchItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`label` is the title."""

    label: str
    barcode: str


class BenchThings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cards: tuple[BenchCard, ...] = ()
    items: tuple[BenchItem, ...] = ()


def read_bench_things(folder: Path) -> BenchThings:
    """Nothing when the file is not there: free text can be scanned and any book be put down all the same."""
    file = folder / "bench.json"
    try:
        return msgspec.json.decode(file.read_bytes(), type=BenchThings)
    except FileNotFoundError:
        return BenchThings()
    except msgspec.DecodeError as error:
        raise SettingsError(f"{file}: {error}. Correct it and start again.") from None
