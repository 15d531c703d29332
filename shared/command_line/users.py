"""Whose ratings and picks a command is about."""

from typing import Annotated

import typer

from shared.command_line.context import load
from shared.contracts import DEFAULT_USER
from shared.errors import PapersysError
from shared.settings.settings import CommonSettings
from shared.store.files.data_folder import DataFolder
from shared.store.people.users import UserStore


def open_users() -> UserStore:
    """The people of the data folder in use."""
    settings = load(CommonSettings)
    return UserStore(DataFolder(settings.data.path, settings.data.min_free_mb))


def known_user(text: str) -> str:
    """The name of somebody who is there. Raises typer.BadParameter."""
    if text == DEFAULT_USER:  # without a look at the settings, which --help and completion need not read
        return text
    try:
        return open_users().require(text)
    except PapersysError as error:
        raise typer.BadParameter(str(error)) from error


UserOption = Annotated[
    str, typer.Option("--user", metavar="NAME", callback=known_user, help="Whose; `papersys users list` names all.")
]
