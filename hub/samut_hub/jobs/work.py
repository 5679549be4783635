"""Which function carries out which kind of task."""

from samut_hub.catalogue.authorities import changing as headings
from samut_hub.catalogue.labels import jobs as labels
from samut_hub.stocktaking.jobs import run_declare_missing
from samut_hub.tasks import TaskFunction

KINDS: dict[str, TaskFunction] = {
    "declare_missing": run_declare_missing,
    headings.KIND: headings.carry_out,
    labels.KIND: labels.print_labels,
}
