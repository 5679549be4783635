"""Which function carries out which kind of task."""

from samut_hub.cards import jobs as cards
from samut_hub.catalogue.authorities import changing as headings
from samut_hub.catalogue.batches import jobs as batches
from samut_hub.catalogue.classification import jobs as classification
from samut_hub.catalogue.imports import jobs as imports
from samut_hub.catalogue.labels import jobs as labels
from samut_hub.catalogue.lists import jobs as lists
from samut_hub.circulation import moving
from samut_hub.circulation.member_lists import jobs as member_lists
from samut_hub.members import jobs as members
from samut_hub.members.importing import jobs as member_imports
from samut_hub.stocktaking import jobs as stocktaking
from samut_hub.tasks import TaskFunction

KINDS: dict[str, TaskFunction] = {
    imports.IMPORT: imports.bring_in,
    imports.LOOK: imports.look_through,
    imports.UNDO: imports.undo,
    imports.EXPORT: imports.export,
    members.ROLL_OVER: members.roll_over,
    members.EDIT: members.edit_many,
    members.UNDO: members.put_back,
    member_imports.IMPORT: member_imports.bring_in,
    member_imports.UNDO: member_imports.undo,
    stocktaking.SCAN: stocktaking.run_scan,
    stocktaking.MISSING: stocktaking.run_declare_missing,
    classification.KIND: classification.arrange,
    batches.APPLY: batches.carry_out,
    batches.UNDO: batches.put_back,
    headings.KIND: headings.carry_out,
    labels.KIND: labels.print_labels,
    cards.KIND: cards.print_cards,
    lists.KIND: lists.write_list,
    moving.KIND: moving.carry_out,
    member_lists.KIND: member_lists.write_list,
}
