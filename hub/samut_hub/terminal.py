"""How commands tell a person at a terminal what went wrong."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from samut_hub.errors import ConfigError, NotFoundError, RefusedError

P = ParamSpec("P")
R = TypeVar("R")


def said_in_a_sentence(command: Callable[P, R]) -> Callable[P, R]:
    """What the user can mend is one sentence and exit status 2, not a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (ConfigError, NotFoundError, RefusedError) as error:
            click.echo(str(error), err=True)
            sys.exit(2)

    return run
