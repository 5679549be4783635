"""Long lists of members in a file, made while staff do something else."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from samut_hub.circulation.member_lists.service import Wish, Words, sections, write_pdf, write_xlsx
from samut_hub.tasks import Work

KIND = "member_lists"
PDF, XLSX = "pdf", "xlsx"


def args_of(wish: Wish, words: Words, shape: str) -> dict[str, Any]:
    """What the task is told."""
    args: dict[str, Any] = msgspec.to_builtins({"wish": wish, "words": words, "shape": shape})
    return args


def write_list(work: Work) -> dict[str, Any]:
    """The file of the list; made anew from the start when it was interrupted."""
    wish, words = msgspec.convert(work.args["wish"], Wish), msgspec.convert(work.args["words"], Words)
    with work.database.session(work.library_id, writes=False) as session:
        found = sections(session, wish, words, datetime.now(UTC))
    shape = work.args["shape"]
    name = f"{wish.kind}-{work.task_id}.{shape}"
    with (work.folder / name).open("wb") as out:
        (write_pdf if shape == PDF else write_xlsx)(out, found, wish, words)
    return {"file": name, "members": sum(one.members for one in found)}
