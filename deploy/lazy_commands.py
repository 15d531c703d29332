"""Commands that are imported when they are asked for: `like` need not wait for what `status` reads."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperGroup


class LazyCommands(Mapping[str, Any]):
    """Commands and groups of commands by name, each of which lies at `module:attribute`."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> Any:
        module, _, attribute = self._places[name].partition(":")
        found = getattr(importlib.import_module(module), attribute)
        command = typer.main.get_group(found) if isinstance(found, typer.Typer) else _command(name, found)
        command.name = name
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _command(name: str, function: Callable[..., Any]) -> Any:
    single = typer.Typer(add_completion=False)
    single.command(name)(function)
    return typer.main.get_command(single)


def lazy_group(places: Mapping[str, str]) -> type[TyperGroup]:
    """A group of these commands, in this order."""

    class LazyGroup(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**{**attributes, "commands": LazyCommands(places)})

        def list_commands(self, ctx: Any) -> list[str]:
            return list(places)

    return LazyGroup
