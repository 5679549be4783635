"""Long lists in a file, made while the librarian does something else."""

from typing import Any

import msgspec

from samut_hub.catalogue.lists.service import File, Shape, Wish, Words, chosen, most_rows, write
from samut_hub.tasks import Work

KIND = "lists"


def args_of(wish: Wish, words: Words, shape: Shape) -> dict[str, Any]:
    """What the task is told."""
    args: dict[str, Any] = msgspec.to_builtins({"wish": wish, "words": words, "shape": shape})
    return args


def write_list(work: Work) -> dict[str, Any]:
    """The file of the list that `args` tell of; made anew from the start when it was interrupted."""
    wish, words = msgspec.convert(work.args["wish"], Wish), msgspec.convert(work.args["words"], Words)
    shape = Shape(work.args["shape"])
    name = f"{wish.kind}-{work.task_id}.{shape}"
    path = work.folder / name
    with work.database.session(work.library_id, writes=False) as session, path.open("wb") as out:
        total = min(chosen(session, wish, most=0).total, most_rows(wish, shape))

        def tell(done: int) -> None:
            work.tell(min(done, total), total)

        file = File(shape=shape, out=out, pictures=work.config.home / "images", tell=tell)
        rows = write(session, wish, words, file)
    return {"file": name, "rows": rows}
