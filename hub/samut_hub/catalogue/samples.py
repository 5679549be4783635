"""Titles of a small school library, for demonstrations: classics out of copyright, and books made up for it.

`sample_titles.csv` has one line for each title; years are those on the title page.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item, Place
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.records.years import year_of
from samut_hub.catalogue.service import add_material_types, add_place, add_title

SOURCE = "sample"
PLACE = "ห้องสมุดกลาง"
_TITLES = Path(__file__).with_name("sample_titles.csv")


def add_sample_titles(session: Session, now: datetime) -> list[Item]:
    """All sample titles with their copies in the session's library; accession numbers run from B00001."""
    add_material_types(session)
    items: list[Item] = []
    hall = add_place(session, PLACE)
    shelves: dict[str, Place] = {}
    for wanted, copies, shelf in samples():
        title = add_title(session, wanted, now=now, source=SOURCE)
        number = f"B{len(items) + 1:05d}"
        if shelf not in shelves:
            shelves[shelf] = add_place(session, shelf, parent=hall)
        place = shelves[shelf].id
        fields = ItemFields(accession_number=number, call_number=wanted.call_number, place_id=place)
        items += add_items(session, title, fields, copies=copies, now=now)
    return items


def samples() -> Iterator[tuple[Description, int, str]]:
    """Each title with the number of its copies and its shelf."""
    with _TITLES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE):
            copies, shelf, year = int(row.pop("copies")), row.pop("shelf"), year_of(row.pop("year"))
            yield Description(**row, year=year), copies, shelf
