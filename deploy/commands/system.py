"""`up`, `init`, `status`, `nats`: the system as a whole."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from deploy.commands.context import JsonFlag, console, print_json, shown_path, system_settings
from deploy.configuration import settings_file
from deploy.launcher import addresses_of, launch, made_token_file
from shared.errors import PapersysError
from shared.settings import FILE_NAME

_TEMPLATE = Path(__file__).parent / "papersys.toml.j2"


def up() -> None:
    """Start everything and keep it running; without a settings file, the demo."""
    raise typer.Exit(launch(system_settings(), settings_file()))


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write papersys.toml.")] = Path(),
    categories: Annotated[str, typer.Option(help="arXiv categories to read, with commas.")] = "cs.LG,cs.CL",
    contact: Annotated[str, typer.Option(help="Your e-mail address; arXiv asks harvesters for one.")] = "",
) -> None:
    """Write a settings file of your own; it is never overwritten."""
    path = folder / FILE_NAME
    if path.exists():
        raise PapersysError(f"{path} is there already; change it, or remove it first.")
    folder.mkdir(parents=True, exist_ok=True)
    names = [name.strip() for name in categories.split(",") if name.strip()]
    text = _TEMPLATE.read_text("utf-8").replace("{categories}", json.dumps(names)).replace("{contact}", contact)
    path.write_text(text, "utf-8")
    console.print(f"Wrote {shown_path(path)}. Look it over, then start with: papersys up", highlight=False)


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
    settings = system_settings()
    addresses, path = addresses_of(settings), made_token_file(settings)
    token = f"/?token={path.read_text().strip()}" if path and path.exists() else "/"
    console.print(f"{addresses.reader}{token}", highlight=False)
