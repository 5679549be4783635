"""Which right each page needs, as `routes.toml` says it, and which names in addresses are of one library."""

import tomllib
from enum import StrEnum
from pathlib import Path

from samut_hub.staff.policy import Permission


class Open(StrEnum):
    """Pages without a permission."""

    TO_ALL = "to_all"
    TO_STAFF = "to_staff"
    TO_MEMBERS = "to_members"


def _right_of_page() -> dict[str, Permission | Open]:
    blueprints = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    table: dict[str, Permission | Open] = {}
    for blueprint, rights in blueprints.items():
        for right, functions in rights.items():
            for function in functions:
                endpoint = function if blueprint == "app" else f"{blueprint}.{function}"
                assert endpoint not in table, f"{endpoint} stands twice in routes.toml"
                table[endpoint] = Open(right) if right in set(Open) else Permission(right)
    return table


TABLE = _right_of_page()
"""By endpoint."""

WHICH_LIST = {"which", "who"}
"""Names in addresses of lists that every library has."""

OF_ALL_LIBRARIES = {
    *WHICH_LIST,
    *("notice_kind", "channel", "language", "library_id", "subject"),
    *("title_id", "filename", "token", "material_code"),
    *("image_id", "name", "size", "design_key"),
    *("code", "heading_kind", "part", "provider", "shape"),
    *("heading_id", "form_id", "related_id", "heading_change_id", "other_title_id", "merge_id"),
}
"""Names in addresses that are not of one library: titles and headings are shared, the others are files."""
