"""The hub's command line.

Long-running commands load what they need and nothing else: a worker has no use for the pages, the pages none for the
worker, and each of them would cost memory for as long as they run.
"""

import importlib
import logging
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from samut_hub.config import Config, read_config
from samut_hub.db import Database
from samut_hub.errors import RefusedError
from samut_hub.libraries.service import add_library as open_library
from samut_hub.libraries.service import library_by_code
from samut_hub.models import Base
from samut_hub.staff.guessing import is_easily_guessed
from samut_hub.staff.policy import MIN_PASSWORD, Role
from samut_hub.terminal import said_in_a_sentence
from samut_wire.topics import DeviceRole

LATE = {
    "begin": ("samut_hub.circulation.beginning.cli", "begin"),
    "import": ("samut_hub.catalogue.cli", "import_records"),
    "reindex": ("samut_hub.catalogue.cli", "reindex"),
    "relink": ("samut_hub.catalogue.authorities.cli", "relink_titles"),
    "sip2": ("samut_hub.sip2.cli", "sip2"),
    "sample-titles": ("samut_hub.catalogue.synthetic.cli", "sample_titles"),
}


class LateGroup(click.Group):
    """Also has the commands of LATE, which are loaded when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *LATE))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in LATE:
            return super().get_command(ctx, cmd_name)
        module, name = LATE[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LateGroup)
@click.option("--home", envvar="SAMUT_HOME", default="/var/lib/samut", type=click.Path(path_type=Path))
@click.pass_context
@said_in_a_sentence
def main(context: click.Context, home: Path) -> None:
    """Samut, a library system. --home is the folder of its database, secrets and logs (or set SAMUT_HOME)."""
    config = read_config(home)
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    Base.registry.configure()  # whatever the command writes, all that follows changes is there
    context.obj = config


@main.command()
@click.pass_obj
@said_in_a_sentence
def setup(config: Config) -> None:
    """Make secrets, certificates and the broker's configuration, bring the database up to date.

    Do it again after a change of samut.toml and once a month: it renews certificates that soon end.
    """
    from samut_hub.setup import set_up

    set_up(config, datetime.now(UTC))
    click.echo(f"Ready: {config.home}")
    click.echo(f"The broker's configuration: {config.broker_file}. Restart the broker (mosquitto) if it runs.")


@main.command(name="serve")
@click.pass_obj
@said_in_a_sentence
def serve_pages(config: Config) -> None:
    """Serve the hub's pages."""
    from samut_hub.serve import serve

    serve(config)


@main.command()
@click.pass_obj
@said_in_a_sentence
def worker(config: Config) -> None:
    """Run the door to the edge devices, the search index and scheduled work."""
    from samut_hub.worker import run_worker

    run_worker(config)


@main.command()
@click.option("--ports", default=8480, show_default=True, help="First of eight TCP ports that are used.")
@click.pass_obj
@said_in_a_sentence
def demo(config: Config, ports: int) -> None:
    """Run hub, gate, kiosk and desk with virtual hardware and a demo library on this computer."""
    from samut_hub.demo import lay_out_demo
    from samut_hub.run import run_everything

    laid_out = lay_out_demo(config.home, ports, datetime.now(UTC))
    run_everything(laid_out)


@main.group()
def library() -> None:
    """Libraries of this hub."""


@library.command("add")
@click.argument("code")
@click.option("--name-th", required=True)
@click.option("--name-en", required=True)
@click.pass_obj
@said_in_a_sentence
def add_library(config: Config, code: str, name_th: str, name_en: str) -> None:
    """Add a library with a short CODE."""
    with Database(config.database_url).session(None) as session:
        open_library(session, code, name_th=name_th, name_en=name_en)
    click.echo(f"Library {code} added.")


@main.group()
def staff() -> None:
    """People who work in the libraries."""


@staff.command("add")
@click.argument("username")
@click.option("--library", "code", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.LIBRARIAN.value)
@click.pass_obj
@said_in_a_sentence
def add_staff(config: Config, username: str, code: str, name: str, role: str) -> None:
    """Add a member of staff; asks for the password twice."""
    from samut_hub.staff.attempts import hash_in_turn
    from samut_hub.staff.roles import AccountRefusedError
    from samut_hub.staff.service import create_account

    new_hash = hash_in_turn(_new_password())
    try:
        with Database(config.database_url).session(None) as session:
            own = library_by_code(session, code)
            create_account(session, own.id, username=username, name=name, password_hash=new_hash, role=Role(role))
    except AccountRefusedError:
        raise RefusedError(f"The user name “{username}” is taken. Choose another.") from None
    click.echo(f"{username} can sign in at {config.url}.")


@main.group()
def device() -> None:
    """Edge devices: gates and kiosks."""


@device.command("add")
@click.argument("device_id")
@click.option("--library", "code", required=True)
@click.option("--role", type=click.Choice([role.value for role in DeviceRole]), required=True)
@click.option("--name", required=True)
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Where its files are written.")
@click.pass_obj
@said_in_a_sentence
def add_device(config: Config, device_id: str, code: str, role: str, name: str, folder: Path) -> None:
    """Enter a device and write the folder that is to be copied to it."""
    from samut_hub.fleet.enrolment import NewDevice, enrol

    database = Database(config.database_url)
    with database.session(None) as session:
        own = library_by_code(session, code)
        session.info["library_id"] = own.id
        new = NewDevice(id=device_id, role=DeviceRole(role), name=name)
        enrol(session, config, own, new, folder, now=datetime.now(UTC))
    click.echo(f"Copy {folder} to the device and start: samut-edge run {folder.name}/settings.toml")


@device.command("revoke")
@click.argument("device_id")
@click.pass_obj
@said_in_a_sentence
def revoke(config: Config, device_id: str) -> None:
    """Shut out a device for good: stolen, lost or worn out."""
    from samut_hub.fleet.joining.refusing import refuse_revoked
    from samut_hub.fleet.joining.service import shut_out

    now, database = datetime.now(UTC), Database(config.database_url)
    with database.session(None) as session:
        shut_out(session, device_id, now)
    refuse_revoked(database, config, now)
    click.echo(
        f"The hub no longer hears {device_id}. Restart the broker: it then refuses the device and cuts it off."
    )
    click.echo(f"All others come back by themselves. {_broker_restart(config)}")


def _broker_restart(config: Config) -> str:
    if (config.home / "supervisord.pid").exists():
        socket = shlex.quote(f"unix://{config.home / 'supervisor.sock'}")
        return f"The command: {Path(sys.executable).parent / 'supervisorctl'} -s {socket} restart broker"
    return f"It is mosquitto with {config.broker_file}; under systemd: systemctl restart and its unit."


def _new_password() -> str:
    """Asked for until it is long enough and was typed twice alike."""
    asked: str = click.prompt(
        f"Password, at least {MIN_PASSWORD} characters",
        hide_input=True,
        confirmation_prompt="Once more",
        value_proc=_long_enough,
    )
    return asked


def _long_enough(password: str) -> str:
    if len(password) < MIN_PASSWORD:
        raise click.BadParameter(f"Use at least {MIN_PASSWORD} characters.")
    if is_easily_guessed(password):
        raise click.BadParameter("This password is guessed at once. Take three or four words in a row.")
    return password
