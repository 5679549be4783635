"""Moving money from a page: who does so at which till, and each form once however often it is sent."""

from collections.abc import Callable

from flask import abort

from samut_hub.charges.accounts import DESK
from samut_hub.charges.books import Teller
from samut_hub.charges.forms import CommandForm
from samut_hub.commands import once
from samut_hub.web.hub import carry_out, db, now, staff
from samut_wire.ids import command_id, is_command_id


def own_till() -> str:
    """The till of the person who is signed in."""
    return f"{DESK}{staff().username}"


def teller() -> Teller:
    return Teller(till=own_till(), now=now(), staff_id=staff().id)


def carry_out_once(form: CommandForm, kind: str, do: Callable[[], str]) -> str:
    """What `do` answered, now or when the form was sent before."""
    if not is_command_id(form.command.data or ""):
        abort(400)
    answer = carry_out(
        lambda: once(db(), own_till(), form.command.data, f"charges.{kind}", now(), do=lambda: do().encode())
    )
    return answer.decode()


def give_command(form: CommandForm) -> None:
    """A new command for each form that is shown: the one before was carried out, or changed nothing."""
    form.command.data = command_id(int(now().timestamp() * 1000))
