"""What two records of one title can give each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from pymarc import Record

from samut_hub.catalogue.records.marc import SEPARATOR, Description, split_values

REPEATED = frozenset(("author", "subjects", "series"))
"""Fields of the form that hold several values: those of both titles can be kept."""


class Choice(StrEnum):
    """From which title a field is taken."""

    KEPT = "kept"
    OTHER = "other"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the form that the two titles fill in differently."""

    name: str
    kept: str | int | None
    other: str | int | None

    @property
    def choices(self) -> list[Choice]:
        return list(Choice) if self.name in REPEATED and self.kept and self.other else [Choice.KEPT, Choice.OTHER]

    @property
    def likely(self) -> Choice:
        """What a librarian probably wants: nothing that is said is lost."""
        if not self.kept:
            return Choice.OTHER
        return Choice.BOTH if Choice.BOTH in self.choices and self.name == "subjects" else Choice.KEPT


def differences(kept: Description, other: Description) -> list[Difference]:
    """In the order of the form."""
    both = ((name, getattr(kept, name), getattr(other, name)) for name in Description.__struct_fields__)
    return [Difference(*one) for one in both if one[1] != one[2]]


def joined(kept: Description, other: Description, choices: Mapping[str, Choice]) -> Description:
    """The kept description with what is taken over from the other."""
    taken = {}
    for name, choice in choices.items():
        mine, theirs = getattr(kept, name), getattr(other, name)
        if choice == Choice.OTHER:
            taken[name] = theirs
        elif choice == Choice.BOTH and name in REPEATED:
            taken[name] = SEPARATOR.join(split_values(f"{mine}{SEPARATOR}{theirs}"))
    return msgspec.structs.replace(kept, **taken)


def take_other_fields(record: Record, other: Record) -> list[str]:
    """Copy the fields whose tag the record has none of; the tags that were copied.

    Control fields belong to one record, and fields in two scripts hang together: both stay where they are.
    """
    missing = [
        field
        for field in other.fields
        if not field.control_field and field.tag != "880" and "6" not in field and field.tag not in record
    ]
    for field in missing:
        record.add_grouped_field(field)
    return sorted({field.tag for field in missing})
