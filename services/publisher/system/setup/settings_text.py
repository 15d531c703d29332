"""The text of the settings file as the Setup page leaves it: a first one, or the present one with some keys changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.errors import SettingsError
from shared.settings.first_settings import Answers, first_settings
from shared.settings.text import SettingsText

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
    changed = SettingsText(text)
    changed.assign("fetcher", {"categories": answers.categories, "contact": answers.contact})
    changed.assign(
        "ranker", {"per_day": answers.per_day, **_seeds(changed.section("ranker").get("seeds", []), answers)}
    )
    if not keeps_model:
        _set_model(changed, answers.model.settings)
    return str(changed)


def _seeds(known: object, answers: Answers) -> dict[str, list[str]]:
    if not answers.seeds:
        return {}
    if not isinstance(known, list):
        raise SettingsError("The settings file cannot be changed: ranker.seeds is no list; change it by hand.")
    return {"seeds": list(dict.fromkeys((*map(str, known), *answers.seeds)))[:MOST_SEEDS]}


def _set_model(changed: SettingsText, settings: Mapping[str, Any]) -> None:
    """The default model is this one, or none; what is true of another server alone goes away."""
    is_same = changed.section("llm").get("base_url") == settings.get("base_url")
    stale = {*_OF_THE_MODEL, *(() if is_same and settings else _OF_ANOTHER_MODEL), "steps"} - set(settings)
    changed.assign("llm", {**dict.fromkeys(stale), **settings})
