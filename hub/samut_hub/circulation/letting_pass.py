"""Refusals that staff let pass: with which right, which of them, and what the loan keeps of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from samut_hub.staff.policy import Permission
from samut_rules.loan import Decision, ItemStatus
from samut_rules.overrides import OVERRIDES, Override
from samut_rules.reasons import Code

RIGHTS: Mapping[Override, Permission] = {
    Override.LIMITS: Permission.OVERRIDE_LIMITS,
    Override.MEMBERSHIP: Permission.OVERRIDE_MEMBERSHIP,
    Override.MONEY: Permission.OVERRIDE_MONEY,
    Override.OVERDUE: Permission.OVERRIDE_OVERDUE,
    Override.ITEMS: Permission.OVERRIDE_ITEMS,
    Override.AGE: Permission.OVERRIDE_AGE,
}
NOT_IN_HAND = (ItemStatus.WITHDRAWN, ItemStatus.LOST, ItemStatus.MISSING)
"""What is in one of these is brought back into stock first, not lent."""
LONGEST_REASON = 200
AS_PASSED = ", let pass"
"""How the trace of a decision ends a step that was let pass."""


@dataclass(frozen=True, slots=True)
class LetPass:
    """The refusals that a member of staff lets pass, and why. `by` is the user name."""

    codes: frozenset[Code] = frozenset()
    by: str = ""
    reason: str = ""

    def of_item(self, status: str) -> frozenset[Code]:
        """Those that count for an item of this status."""
        return self.codes - {Code.ITEM_NOT_FOR_LOAN} if status in NOT_IN_HAND else self.codes

    def signed(self, decision: Decision) -> Decision:
        """The decision with who let pass what, and why, as the last step of its trace."""
        passed = [step.partition("(")[2].partition(")")[0] for step in decision.trace if step.endswith(AS_PASSED)]
        if not decision.allowed or not passed:
            return decision
        step = f"let pass by {self.by} ({', '.join(passed)}): “{self.reason}”"
        return replace(decision, trace=(*decision.trace, step))


NOTHING = LetPass()


def let_pass(rights: Collection[Permission], username: str, *, codes: Iterable[str], reason: str) -> LetPass:
    """Of these refusals those that these rights let pass; the others stay what they are."""
    known = frozenset(code for code in Code if code in set(codes) and may_let_pass(rights, code))
    return LetPass(known, username, reason)


def may_let_pass(rights: Collection[Permission], code: str, values: Mapping[str, str | int] | None = None) -> bool:
    """Whether somebody with these rights may; `values` fill the sentence of the refusal."""
    right = OVERRIDES.get(Code(code)) if code in set(Code) else None
    is_gone = code == Code.ITEM_NOT_FOR_LOAN and (values or {}).get("status") in NOT_IN_HAND
    return right is not None and not is_gone and RIGHTS[right] in rights
