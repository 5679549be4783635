"""The address under which all about money stands, and what its templates ask."""

from flask import Blueprint

from samut_hub.charges.forms import ENTRIES, METHODS, charge_name, kind_name
from samut_hub.charges.models import Charge
from samut_hub.charges.paying import PayCode, pay_code
from samut_hub.charges.policy import EntryKind, Method
from samut_hub.charges.service import open_charges
from samut_hub.members.models import Member
from samut_hub.web.hub import db

MOST_SHOWN = 100

pages = Blueprint(
    "charges",
    "samut_hub.charges",
    template_folder="templates",
    static_folder="static",
    url_prefix="/charges",
)


@pages.app_template_global()
def open_charges_of(member: Member) -> list[Charge]:
    """For the pages of one member: the oldest of them. What is beyond is said as one sum."""
    return list(open_charges(db(), member, MOST_SHOWN)) if member.debt else []


@pages.app_template_global()
def pay_code_of(member: Member) -> PayCode | None:
    """For every page and slip that tells members what they owe."""
    return pay_code(db(), member)


@pages.app_template_filter()
def baht_figure(satang: int) -> str:
    """An amount in a column of amounts: “1,250.00”; nothing for zero."""
    return f"{satang / 100:,.2f}" if satang else ""


@pages.app_template_filter()
def method_name(method: str) -> str:
    return str(METHODS[Method(method)]) if method else ""


@pages.app_template_filter()
def entry_name(kind: str) -> str:
    return str(ENTRIES[EntryKind(kind)])


pages.add_app_template_global(charge_name)
pages.add_app_template_global(kind_name)
