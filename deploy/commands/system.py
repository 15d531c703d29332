"""`up`, `status`, `nats`: the system as a whole."""

import asyncio
import json

import typer

from deploy.commands.context import JsonFlag, console, print_json, system_settings
from deploy.configuration import settings_file
from shared.errors import PapersysError


def up() -> None:
    """Start everything and keep it running; without a settings file, the demo."""
    from deploy.launcher import launch

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


def nats(as_json: JsonFlag = False) -> None:
    """Print address and credentials for the NATS command line, and a message to try."""
    bus = system_settings().bus
    user, password = bus.credentials()
    if password is None:
        raise PapersysError("No password is known yet; it is made when `papersys up` starts for the first time.")
    if as_json:
        print_json(json.dumps({"url": bus.url, "user": user, "password": password}))
        return
    console.print(f"address   {bus.url}\nuser      {user}\npassword  {password}\n", highlight=False)
    message = '{"paper_ids":["2403.12345"],"force":true}'
    command = f"nats --server {bus.url} --user {user} --password {password} pub papers.new '{message}'"
    console.print("To process a paper again:", command, sep="\n", highlight=False)


def reader() -> None:
    """Print the reader's address, with its token where papersys made one."""
    from deploy.launcher import addresses_of, made_token_file

    settings = system_settings()
    addresses, path = addresses_of(settings), made_token_file(settings)
    token = f"/?token={path.read_text().strip()}" if path and path.exists() else "/"
    console.print(f"{addresses.reader}{token}", highlight=False)
