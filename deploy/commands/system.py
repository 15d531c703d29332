"""`up`, `status`, `nats`: the system as a whole."""

import asyncio
import json
import shlex
from typing import Annotated

import typer

from deploy.commands.context import (
    JsonFlag,
    console,
    print_json,
    service_function,
    service_settings,
    system_settings,
)
from deploy.configuration import settings_file
from shared.errors import PapersysError
from shared.settings.secret_files import read_secret


def up() -> None:
    """Start everything and keep it running; without a settings file, the demo."""
    from deploy.launcher.launcher import launch

    raise typer.Exit(launch(system_settings(), settings_file()))


def status(as_json: JsonFlag = False) -> None:
    """Show services, lags, counts, the last harvest and dead letters; exit code 1 when something is not well."""
    from deploy.status import look, show  # reads every dataset: half a second that other commands need not wait

    found = asyncio.run(look(system_settings()))
    if as_json:
        print_json(found.model_dump_json(indent=1))
    else:
        show(found, console)
    raise typer.Exit(0 if found.is_well else 1)


def nats(
    as_json: JsonFlag = False,
    password_alone: Annotated[bool, typer.Option("--password", help="Print the password and nothing else.")] = False,
) -> None:
    """Print address and credentials for the NATS command line, and a message to try."""
    bus = system_settings().bus
    user, password = bus.credentials()
    if password is None:
        raise PapersysError("No password is known yet; it is made when `papersys up` starts for the first time.")
    if as_json:
        print_json(json.dumps({"url": bus.url, "user": user, "password": password}))
    elif password_alone:
        print(password)
    else:
        _show_how_to_connect(bus.url, user or "", password)


def _show_how_to_connect(url: str, user: str, password: str) -> None:
    """Lines for a shell: the password goes by the environment, because `ps` shows a command line to everybody."""
    lines = (
        f"address   {url}\nuser      {user}\npassword  {password}\n",
        "To process a paper again, in a shell:",
        f"export NATS_URL={shlex.quote(url)} NATS_USER={shlex.quote(user)}",
        'export NATS_PASSWORD="$(papersys nats --password)"',
        """nats pub papers.new '{"paper_ids":["2403.12345"],"force":true}'""",
    )
    for line in lines:
        console.print(line, highlight=False, markup=False)


def reader(
    log_out_all: Annotated[
        bool, typer.Option("--log-out-all", help="End every session: all browsers have to give the token again.")
    ] = False,
) -> None:
    """Print the reader's address, with its token where papersys made one."""
    from deploy.launcher.launcher import addresses_of, made_token_file

    settings = system_settings()
    if log_out_all:
        service_function("publisher", "log_out_everybody")(service_settings("publisher"))
        console.print("All browsers are logged out.")
        return
    addresses, path = addresses_of(settings), made_token_file(settings)
    token = f"/?token={read_secret(path, 'The file')}" if path and path.exists() else "/"
    console.print(f"{addresses.reader}{token}", highlight=False)
