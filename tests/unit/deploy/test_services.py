"""What services give to the command line is there, and is of the type that is declared."""

import importlib.util
import re
from collections.abc import Iterator
from typing import TypeVar

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from deploy.lazy_commands import LazyCommands
from deploy.services import (
    COMMANDS,
    LOG_OUT_EVERYBODY,
    OPEN_TEXT_ENCODER,
    OWN_MODEL_PROCESS,
    OWN_MODEL_WINDOW,
    PANELS,
    RECIPE_AND_HASH,
    SETTINGS,
    STORE_RATINGS,
    TAKE_KEYWORDS,
    Entry,
)
from services.embedder.cli import open_text_encoder, recipe_and_hash
from services.feedback.importing.migrated_ratings import store_ratings
from services.publisher.cli import log_out_everybody
from services.summarizer.own_model.starting import window_of
from services.summarizer.tags.migrated_keywords import take_keywords
from shared.settings.settings import SERVICES, CommonSettings, Section

T = TypeVar("T")
SWALLOWED = re.compile(r"(?<!\\)\[[a-z#/]")
"""What the help takes for a style and does not show."""


def is_entry_of(entry: Entry[T], thing: T) -> bool:
    """Whether an entry names this; the type checker refuses one of another type."""
    return entry.load() is thing


def test_what_one_service_lends_to_anothers_command_is_of_its_declared_type() -> None:
    assert is_entry_of(OPEN_TEXT_ENCODER, open_text_encoder)
    assert is_entry_of(LOG_OUT_EVERYBODY, log_out_everybody)
    assert is_entry_of(OWN_MODEL_WINDOW, window_of)
    assert is_entry_of(STORE_RATINGS, store_ratings)
    assert is_entry_of(TAKE_KEYWORDS, take_keywords)
    assert is_entry_of(RECIPE_AND_HASH, recipe_and_hash)


def test_what_the_launcher_runs_for_the_own_model_is_there() -> None:
    assert importlib.util.find_spec(f"{OWN_MODEL_PROCESS}.__main__") is not None


def test_every_command_is_in_one_panel_of_the_help() -> None:
    assert sorted(name for names in PANELS.values() for name in names) == sorted(COMMANDS)


def test_every_service_is_named() -> None:
    assert tuple(SETTINGS) == SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_settings_with_a_section_of_its_name(service: str) -> None:
    settings = SETTINGS[service].load()
    assert issubclass(settings, CommonSettings)
    assert isinstance(getattr(settings(), service), Section)


def single_commands(name: str, command: TyperGroup | TyperCommand) -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(command, TyperGroup):
        for inner in command.commands.values():
            assert isinstance(inner, TyperCommand)
            yield f"{name} {inner.name}", inner
    else:
        yield name, command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_says_what_it_does_and_what_its_options_mean(name: str) -> None:
    loaded = COMMANDS[name].load()
    assert isinstance(loaded, typer.Typer) or callable(loaded)
    command = LazyCommands(COMMANDS)[name]
    assert command.name == name
    assert command.help
    for path, single in single_commands(name, command):
        assert single.help, path
        undocumented = [parameter.name for parameter in single.params if not getattr(parameter, "help", None)]
        assert undocumented == [], path
        texts = [single.help, *(getattr(parameter, "help", "") for parameter in single.params)]
        assert [text for text in texts if SWALLOWED.search(text or "")] == [], path
