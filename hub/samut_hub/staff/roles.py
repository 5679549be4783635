"""Who may do what: the roles a library made, and rights of single persons. No use case commits.

Nobody gives, takes or changes what they do not have themselves, and somebody must keep every right.
"""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library
from samut_hub.staff.models import OwnRole, StaffAccount
from samut_hub.staff.policy import PERMISSIONS, AccountFault, Permission, Role, RoleFault

AnyRole = Role | OwnRole


class RoleRefusedError(Exception):
    """A role cannot be made, changed or removed like that; `fault` says why."""

    def __init__(self, fault: RoleFault) -> None:
        super().__init__(fault)
        self.fault = fault


class AccountRefusedError(Exception):
    """An account cannot be made or changed like that; `fault` says why, and pages say it in words."""

    def __init__(self, fault: AccountFault) -> None:
        super().__init__(fault)
        self.fault = fault


def own_roles(session: Session) -> list[OwnRole]:
    """The roles of the session's library beside the built-in ones, by name."""
    return list(session.scalars(select(OwnRole).order_by(OwnRole.name)))


def role_of(session: Session, role_id: int) -> OwnRole:
    """Raises NotFoundError, also for a role of another library."""
    found = session.scalar(select(OwnRole).where(OwnRole.id == role_id))
    if found is None:
        raise NotFoundError(f"There is no role {role_id}.")
    return found


def rights_of(role: AnyRole) -> frozenset[Permission]:
    return role.rights if isinstance(role, OwnRole) else PERMISSIONS[role]


def people_with(session: Session) -> dict[str, int]:
    """How many open accounts have each role, by code of a built-in one or id of an own one."""
    counted = select(StaffAccount.role, StaffAccount.role_id, func.count()).where(StaffAccount.active)
    rows = session.execute(counted.group_by(StaffAccount.role, StaffAccount.role_id))
    return {role if role_id is None else str(role_id): count for role, role_id, count in rows}


def add_role(session: Session, by: StaffAccount, name: str, rights: Collection[Permission]) -> OwnRole:
    """Raises RoleRefusedError."""
    role = OwnRole(library_id=by.library_id, name="", permissions=[])
    _write(session, by, role, name=name, rights=rights)
    session.add(role)
    session.flush()
    return role


def change_role(
    session: Session, by: StaffAccount, role: OwnRole, *, name: str, rights: Collection[Permission]
) -> None:
    """At once for everybody who has it. Raises RoleRefusedError."""
    if not role.rights <= by.rights or by.role_id == role.id:
        raise RoleRefusedError(RoleFault.BEYOND_OWN_RIGHTS)
    _write(session, by, role, name=name, rights=rights)
    session.flush()


def remove_role(session: Session, by: StaffAccount, role: OwnRole) -> None:
    """Raises RoleRefusedError while an account has it, a closed one too."""
    if not role.rights <= by.rights:
        raise RoleRefusedError(RoleFault.BEYOND_OWN_RIGHTS)
    if session.scalar(select(StaffAccount.id).where(StaffAccount.role_id == role.id).limit(1)) is not None:
        raise RoleRefusedError(RoleFault.IN_USE)
    session.delete(role)
    session.flush()


def give_role(account: StaffAccount, role: AnyRole) -> None:
    """Of an account with an own role the built-in one says nothing."""
    own = role if isinstance(role, OwnRole) else None
    account.own_role, account.role_id = own, None if own is None else own.id
    account.role = Role.ASSISTANT if isinstance(role, OwnRole) else role


def set_rights(session: Session, by: StaffAccount, account: StaffAccount, rights: Collection[Permission]) -> None:
    """From now on just these, whatever the role gives. Raises AccountRefusedError."""
    if account.id == by.id:
        raise AccountRefusedError(AccountFault.OWN_ACCOUNT)
    check_within(by, account)
    was_administrator, of_role = account.is_administrator, account.rights_of_role
    account.granted = sorted(set(rights) - of_role)
    account.removed = sorted(of_role - set(rights))
    check_within(by, account)
    keep_administrator(session, account, was_administrator=was_administrator)


def check_within(by: StaffAccount, account: StaffAccount) -> None:
    """Asked before and after a change. Who may do more is not changed by who may do less: a new password would be
    enough to become them. Raises AccountRefusedError."""
    if not account.rights <= by.rights:
        raise AccountRefusedError(AccountFault.BEYOND_OWN_RIGHTS)


def keep_administrator(session: Session, account: StaffAccount, *, was_administrator: bool) -> None:
    """After a change: somebody is left who may do everything. Two who take it from each other wait here."""
    if not was_administrator or (account.is_administrator and account.active):
        return
    session.get_one(Library, account.library_id, with_for_update={"key_share": True})
    session.flush()
    open_ones = (StaffAccount.active, StaffAccount.role == Role.ADMINISTRATOR, StaffAccount.role_id.is_(None))
    of_library = (StaffAccount.library_id == account.library_id, StaffAccount.id != account.id)
    others = select(StaffAccount).where(*open_ones, *of_library).execution_options(populate_existing=True)
    if not any(other.is_administrator for other in session.scalars(others)):
        raise AccountRefusedError(AccountFault.LAST_ADMINISTRATOR)


def _write(session: Session, by: StaffAccount, role: OwnRole, *, name: str, rights: Collection[Permission]) -> None:
    wanted, name = frozenset(rights), " ".join(name.split())
    if not wanted <= by.rights:
        raise RoleRefusedError(RoleFault.BEYOND_OWN_RIGHTS)
    if (
        session.scalar(select(OwnRole.id).where(OwnRole.name == name, OwnRole.id.is_distinct_from(role.id)))
        is not None
    ):
        raise RoleRefusedError(RoleFault.NAME_TAKEN)
    role.name, role.permissions = name, sorted(wanted)
