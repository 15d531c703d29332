"""`papersys up`, `status`, `nats`, `reader`: the system as a whole."""

import asyncio
import json
import shlex
import sys
from typing import Annotated

import typer

from deploy.command_context import system_settings
from deploy.configuration import ReaderSettings, settings_file
from deploy.services import LOG_OUT_EVERYBODY
from shared.command_line.output import JsonFlag, console, print_json, say
from shared.errors import PapersysError
from shared.settings.secret_files import read_secret


def up() -> None:
    """Start papersys and keep it running; without a settings file, start the demo."""
    from deploy.launcher.launcher import launch

    raise typer.Exit(launch(system_settings(), settings_file()))


def status(as_json: JsonFlag = False) -> None:
    """Show services, queues, dataset sizes, the last harvest and failed jobs; exit code 1 if there are problems."""
    from deploy.status import look, show  # reads every dataset: half a second that other commands need not wait

    report = asyncio.run(look(system_settings()))
    if as_json:
        print_json(report.model_dump_json(indent=1))
    else:
        show(report, console)
    raise typer.Exit(0 if report.is_well else 1)


def nats(
    as_json: JsonFlag = False,
    password_alone: Annotated[bool, typer.Option("--password", help="Print only the password.")] = False,
) -> None:
    """Print the address and credentials of the NATS server, and an example message."""
    bus = system_settings().bus
    user, password = bus.credentials()
    if password is None:
        raise PapersysError("There is no password yet; `papersys up` creates it when it first starts.")
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
        "To process a paper again, run in a shell:",
        f"export NATS_URL={shlex.quote(url)} NATS_USER={shlex.quote(user)}",
        'export NATS_PASSWORD="$(papersys nats --password)"',
        """nats pub papers.new '{"paper_ids":["2403.12345"],"force":true}'""",
    )
    for line in lines:
        say(line)


def reader(
    log_out_all: Annotated[
        bool, typer.Option("--log-out-all", help="Log out all browsers; each must enter the access token again.")
    ] = False,
    qr: Annotated[
        bool | None,
        typer.Option("--qr/--no-qr", help="Show a QR code for a phone. Default: on a terminal.", show_default=False),
    ] = None,
) -> None:
    """Print the address of the reader, with the access token if papersys created one, and a QR code for a phone."""
    from deploy.launcher.launcher import addresses_of, made_token_file

    if log_out_all:
        LOG_OUT_EVERYBODY.load()()
        say("All browsers are logged out.")
        return
    settings = system_settings()
    addresses, path = addresses_of(settings), made_token_file(settings)
    token = f"/?token={read_secret(path, 'The file')}" if path and path.exists() else "/"
    say(f"{addresses.reader}{token}")
    if sys.stdout.isatty() if qr is None else qr:
        _show_for_phones(settings.reader, token)


def _show_for_phones(reader: ReaderSettings, path: str) -> None:
    """An address that a phone can use, where there is one; else what to set for it."""
    from deploy.setup.phone_address import phone_address, qr_code
    from shared.hosts.local_model_servers import is_in_container

    if is_in_container() and not reader.allowed_hosts:
        say("For your phone, name the machine around this container in publisher.allowed_hosts, and publish the port.")
        return
    address = phone_address(reader.host, reader.port, reader.allowed_hosts)
    if address is None:
        say('Only this machine reaches it. For your phone, set host = "0.0.0.0" under [publisher] in papersys.toml.')
        return
    say(f"On a phone in the same network: {address}{path}")
    print(qr_code(f"{address}{path}"))
