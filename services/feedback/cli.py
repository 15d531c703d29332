"""`papersys follow`: an author, a phrase, a category, a tag or a search, from now on or no longer."""

from enum import StrEnum
from typing import Annotated

import typer
from pydantic import ValidationError

from shared.categories import category_of, checked_category
from shared.command_line.context import ask_running_system, load
from shared.command_line.output import JsonFlag, print_json, say
from shared.contracts import DEFAULT_USER, SetFollow, now
from shared.settings.settings import CommonSettings
from shared.store.files.data_folder import DataFolder
from shared.store.people.follows import Follow, FollowStore


class Kind(StrEnum):
    """What can be followed."""

    author = "author"
    phrase = "phrase"
    category = "category"
    tag = "tag"
    search = "search"


def follow(
    kind: Annotated[Kind | None, typer.Argument(metavar="KIND", help="author, phrase, category, tag, search.")] = None,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="A name, words, a category's code, or a query.")] = "",
    stop: Annotated[bool, typer.Option("--stop", help="Follow it no longer.")] = False,
    user: Annotated[str, typer.Option(help="Whose follows.")] = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Follow an author, a phrase, a category, a tag or a search; without arguments, list what you follow."""
    if kind is None:
        _show(_store().of(user), as_json=as_json)
        return
    request = _request(kind, value, followed=not stop, user=user)
    if ask_running_system(request) is None:
        _store().put(Follow(**request.model_dump(), at=now()))
    say(f"You follow {request.value} {'now' if request.followed else 'no longer'}.")


def _request(kind: Kind, value: str, *, followed: bool, user: str) -> SetFollow:
    """Raises BadParameter for what cannot be followed."""
    text = " ".join(value.split())
    try:
        if kind == Kind.category:
            text = category_of(text) or checked_category(text)
        if followed and not any(map(str.isalnum, text)):
            raise ValueError("Give what to follow: a name, words, a category's code, or a query")
        return SetFollow(kind=kind.value, value=text, followed=followed, user=user)
    except ValidationError as error:
        raise typer.BadParameter("; ".join(item["msg"] for item in error.errors())) from error
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from error


def _store() -> FollowStore:
    settings = load(CommonSettings)
    return FollowStore(DataFolder(settings.data.path, settings.data.min_free_mb))


def _show(follows: list[Follow], *, as_json: bool) -> None:
    if as_json:
        print_json(f"[{', '.join(follow.model_dump_json() for follow in follows)}]")
        return
    for one in follows:
        say(f"{one.kind:<9} {one.name}")
    if not follows:
        say("You follow nothing yet.")
