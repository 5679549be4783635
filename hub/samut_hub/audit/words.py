"""How what was done, and to what, is called."""

from flask_babel import lazy_gettext as _l

from samut_hub.audit.columns import COLUMNS, COLUMNS_OF
from samut_hub.auditing import Action

ACTIONS = {
    Action.ADDED: _l("Added"),
    Action.CHANGED: _l("Changed"),
    Action.REMOVED: _l("Removed"),
    Action.SIGNED_IN: _l("Signed in"),
    Action.SIGN_IN_FAILED: _l("Sign-in failed"),
    Action.EXPORTED: _l("Taken away as a file"),
}
KINDS = {
    "member": _l("Member"),
    "card": _l("Card of a member"),
    "member_password": _l("Password of a member"),
    "line_code": _l("Code that links LINE"),
    "member_identity": _l("Member’s account elsewhere"),
    "member_value": _l("Own field of a member"),
    "member_batch": _l("Change of many members"),
    "member_import": _l("Import of members"),
    "member_merge": _l("Two members made one"),
    "member_type": _l("Type of member"),
    "group": _l("Class or department"),
    "level": _l("Level of education"),
    "member_field": _l("Field of the form of members"),
    "member_notices": _l("Notices to a member"),
    "title": _l("Title"),
    "item": _l("Item"),
    "item_batch": _l("Change of many items"),
    "import": _l("Import of records"),
    "medium": _l("File or link of a title"),
    "card_design": _l("Design of member cards"),
    "place": _l("Place"),
    "category": _l("Category"),
    "material": _l("Kind of material"),
    "field": _l("Field of the catalogue’s forms"),
    "target": _l("Other library"),
    "receipt": _l("Receipt"),
    "till_closing": _l("Closing of a till"),
    "charge_kind": _l("Kind of charge"),
    "charge_settings": _l("Settings of payments"),
    "accounts": _l("Accounts"),
    "number_keeping": _l("Keeping of national IDs"),
    "desk_pin": _l("PIN for the desk"),
    "loan_rule": _l("Loan rule"),
    "pickup_place": _l("Place to fetch reservations"),
    "library": _l("Library"),
    "closure": _l("Closed day"),
    "staff": _l("Account of staff"),
    "role": _l("Role"),
    "second_step": _l("Second step of signing in"),
    "recovery_code": _l("Recovery code"),
    "sign_in": _l("Settings of signing in"),
    "retention": _l("How long data are kept"),
    "device": _l("Device"),
    "device_group": _l("Group of devices"),
    "machine": _l("Machine of another maker"),
    "news": _l("News"),
    "notice": _l("Notice"),
    "notice_settings": _l("Settings of notices"),
    "notice_text": _l("Text of a notice"),
    "audit": _l("Who changed what"),
}


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def action_name(action: str) -> str:
    return str(ACTIONS[Action(action)])


def column_name(column: str, kind: str) -> str:
    said = COLUMNS_OF.get((kind, column))
    return str(COLUMNS.get(column, column) if said is None else said)
