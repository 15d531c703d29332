"""Commands that are imported when they are asked for: `like` need not wait for what `status` reads."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from deploy.services import PANELS, Command, Entry

LoadedCommand = TyperGroup | TyperCommand
_PANELS = {name: panel for panel, names in PANELS.items() for name in names}
_PLACES = {name: place for place, name in enumerate(_PANELS)}


class LazyCommands(Mapping[str, LoadedCommand]):
    """Commands and groups of commands by name, imported one by one."""

    def __init__(self, entries: Mapping[str, Entry[Command]]) -> None:
        self._entries = entries

    def __getitem__(self, name: str) -> LoadedCommand:
        command = self._entries[name].load()
        loaded = typer.main.get_group(command) if isinstance(command, typer.Typer) else _as_command(name, command)
        loaded.name = name
        loaded.rich_help_panel = _PANELS[name]
        return loaded

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _as_command(name: str, function: Callable[..., None]) -> LoadedCommand:
    app = typer.Typer(add_completion=False)
    app.command(name)(function)
    return cast(TyperCommand, typer.main.get_command(app))  # one command and no callback: no group


def lazy_group(entries: Mapping[str, Entry[Command]]) -> type[TyperGroup]:
    """A group of these commands, in the order of the panels."""

    class LazyGroup(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**{**attributes, "commands": LazyCommands(entries)})

        def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
            return sorted(entries, key=_PLACES.__getitem__)

    return LazyGroup
