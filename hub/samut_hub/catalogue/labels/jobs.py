"""Thousands of labels in one file, made while the librarian does something else."""

from typing import Any

from samut_hub.catalogue.labels.printing import drawings_of, run_by_id, sheet_of
from samut_hub.catalogue.labels.typesetting import pdf_of
from samut_hub.tasks import Work

KIND = "labels"


def print_labels(work: Work) -> dict[str, Any]:
    """The PDF of the run that `args` names; made anew from the start when it was interrupted."""
    with work.database.session(work.library_id, writes=False) as session:
        run = run_by_id(session, work.args["run"])
        sheet, labels, start = sheet_of(session, run), drawings_of(session, run), run.start
    name = f"labels-{work.args['run']}.pdf"
    (work.folder / name).write_bytes(pdf_of(sheet, labels, start=start))
    work.tell(len(labels), len(labels))
    return {"file": name, "labels": len(labels)}
