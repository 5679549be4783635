"""`samut sip2`: accounts of other makers' kiosks, and the server itself."""

import asyncio
import ssl
from datetime import UTC, datetime

import click

from samut_hub.config import EVERYWHERE, Config
from samut_hub.db import Database
from samut_hub.errors import ConfigError, RefusedError
from samut_hub.lasting import keep_what_is_loaded
from samut_hub.libraries.service import library_named
from samut_hub.migrations import is_current
from samut_hub.secrets import read_secret
from samut_hub.sip2.accounts import AccountFields, LoginTakenError, add_account, make_password
from samut_hub.sip2.codec import Encoding
from samut_hub.sip2.policy import network_of
from samut_hub.terminal import said_in_a_sentence

ENCODINGS = {"utf-8": Encoding.UTF8, "tis-620": Encoding.TIS620}


@click.group()
def sip2() -> None:
    """Kiosks, gates and sorters of other makers (SIP2)."""


@sip2.command("add-account")
@click.argument("login")
@click.option("--library", "code", help="Code of the library, where there are several.")
@click.option(
    "--from", "networks", multiple=True, required=True, help="Address or network it comes from; repeatable."
)
@click.option("--encoding", type=click.Choice(list(ENCODINGS)), default="utf-8", show_default=True)
@click.option("--pin", is_flag=True, help="Members must say their password.")
@click.option("--connections", type=click.IntRange(1, 500), default=10, show_default=True, help="At the same time.")
@click.pass_obj
@said_in_a_sentence
def add(
    config: Config,
    login: str,
    code: str | None,
    networks: tuple[str, ...],
    encoding: str,
    *,
    pin: bool,
    connections: int,
) -> None:
    """Let a client sign in as LOGIN. Its password is made here and told once; the settings page has the rest."""
    fields = AccountFields(
        networks=[_network(text) for text in networks],
        encoding=ENCODINGS[encoding].value,
        pin_needed=pin,
        connections=connections,
    )
    password, database = make_password(), Database(config.database_url)
    try:
        with database.session(None) as session:
            session.info["library_id"] = library_named(session, code).id
            add_account(session, login, password, fields, now=datetime.now(UTC))
    except LoginTakenError:
        raise RefusedError(f"There is an account “{login}” already. Choose another login.") from None
    click.echo(f"{login} may sign in from {', '.join(fields.networks)} with the password {password.text}")
    if not config.sip2_port:
        click.echo("The server is off: set sip2_port in samut.toml and start it.")


@sip2.command("serve")
@click.pass_obj
@said_in_a_sentence
def serve(config: Config) -> None:
    """Run the SIP2 server."""
    from samut_hub.sip2.server import Server, serve_until_told
    from samut_hub.sip2.service import Counter

    if not config.sip2_port:
        raise ConfigError("SIP2 is switched off. Set sip2_port in samut.toml, for example sip2_port = 6001.")
    context = tls_context(config)
    database = Database(config.database_url)
    if not is_current(database.engine):
        raise ConfigError("The database has the shape of another version. Run “samut setup” to bring it up to date.")
    counter = Counter(database, lambda: datetime.now(UTC), read_secret(config, "card.key"))
    if context is None and config.sip2_host in EVERYWHERE:
        click.echo("SIP2 without TLS on all addresses: passwords can be read on the way.", err=True)
    keep_what_is_loaded()
    asyncio.run(serve_until_told(Server(counter, host=config.sip2_host, port=config.sip2_port, context=context)))


def tls_context(config: Config) -> ssl.SSLContext | None:
    """With certificate and key of the configuration; None without them. Raises ConfigError."""
    if not config.sip2_certificate and not config.sip2_key:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(config.sip2_certificate, config.sip2_key or None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"sip2_certificate or sip2_key cannot be used: {error}. Both are PEM files.") from None
    return context


def _network(text: str) -> str:
    try:
        return network_of(text)
    except ValueError:
        raise RefusedError(
            f"“{text}” is no address and no network. Write it like 192.168.1.20 or 192.168.1.0/24."
        ) from None
