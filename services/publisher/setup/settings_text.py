"""The text of the settings file as the Setup page leaves it: a first one, or the present one with some keys changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from shared.errors import SettingsError
from shared.settings.first_settings import Answers, first_settings

MOST_SEEDS = 100
_OF_THE_MODEL = ("base_url", "model", "api_key_file", "price_per_million_input", "price_per_million_output")
_OF_ANOTHER_MODEL = ("gguf", "context_tokens", "calls_at_once", "price_per_million_cached_input")


def new_text(answers: Answers) -> str:
    """A first settings file."""
    return first_settings(replace(answers, seeds=answers.seeds[:MOST_SEEDS]))


def changed_text(text: str, answers: Answers, *, keeps_model: bool) -> str:
    """The present file with the answers in it; its comments, its order and all other keys stay. Raises SettingsError.

    `seeds` are added to those that are there.
    """
    try:
        document = tomlkit.parse(text)
        fetcher, ranker = _table(document, "fetcher"), _table(document, "ranker")
        _set(fetcher, {"categories": answers.categories, "contact": answers.contact})
        seeds = list(dict.fromkeys((*map(str, ranker.get("seeds", ())), *answers.seeds)))[:MOST_SEEDS]
        _set(ranker, {"per_day": answers.per_day, **({"seeds": seeds} if answers.seeds else {})})
        if not keeps_model:
            _set_model(document, answers.model.settings)
        return tomlkit.dumps(document)
    except (TOMLKitError, ValueError, TypeError) as error:
        raise SettingsError(f"The settings file cannot be changed ({error}); change it by hand.") from error


def _set_model(document: tomlkit.TOMLDocument, settings: Mapping[str, Any]) -> None:
    """The default model is this one, or none; what is true of another server alone goes away."""
    llm = _table(document, "llm")
    is_same = llm.get("base_url") == settings.get("base_url")
    stale = {*_OF_THE_MODEL, *(() if is_same and settings else _OF_ANOTHER_MODEL), "steps"} - set(settings)
    for key in stale & set(llm):
        del llm[key]
    _set(llm, settings)


def _table(document: tomlkit.TOMLDocument, name: str) -> Any:
    if name not in document:
        document.add(tomlkit.nl())
        document[name] = tomlkit.table()
    table = document[name]
    if not isinstance(table, dict):
        raise ValueError(f"{name} is no table")
    return table


def _set(table: Any, values: Mapping[str, Any]) -> None:
    """Where a key stands its comment stays; a new one comes before the tables within."""
    inner = {name: table[name] for name in list(table) if isinstance(table[name], dict)}
    fresh = [key for key in values if key not in table]
    for name in inner if fresh else ():
        table.pop(name)
    for key, value in values.items():
        if table.get(key) != value:
            table[key] = value
    for name in inner if fresh else ():
        table[name] = inner[name]
