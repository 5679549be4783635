"""Hundreds of cards in one file, made while the librarian does something else."""

from typing import Any

from samut_hub.cards.filling import print_run
from samut_hub.cards.printing import run_by_id
from samut_hub.tasks import Work

KIND = "cards"


def print_cards(work: Work) -> dict[str, Any]:
    """The PDF of the run that `args` names; made anew from the start when it was interrupted."""
    with work.database.session(work.library_id, writes=False) as session:
        cards = run_by_id(session, work.args["run"]).cards
    name = f"cards-{work.args['run']}.pdf"
    made = print_run(work.database, work.library_id, work.args["run"], lambda done: work.tell(done, cards))
    (work.folder / name).write_bytes(made)
    return {"file": name, "cards": cards}
