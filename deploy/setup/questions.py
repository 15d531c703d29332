"""What `papersys init` asks on a terminal; each answer is checked before the next question."""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

import typer

from shared.categories import ARCHIVES, categories_like, checked_category, name_of
from shared.command_line.terminal import open_console
from shared.errors import PapersysError
from shared.hosts.model_server import FoundServer, checked_address, models_at

T = TypeVar("T")
_console = open_console()
_USUAL = "cs.LG,cs.CL"
_MOST_OFFERS = 30


def ask_categories() -> list[str]:
    """Which categories to read; shows archives first, and their categories when asked with a question mark."""
    _say("Which arXiv categories do you read? arXiv has these archives:")
    _list(ARCHIVES)
    _say("`cs?` lists the categories of cs, `vision?` those with this word. Then enter yours, comma-separated.")
    while True:
        answer = typer.prompt("Categories", default=_USUAL).strip()
        if answer.endswith("?"):
            _list(categories_like(answer.rstrip("? ")))
        elif (chosen := _tried(partial(_categories, answer))) is not None:
            _list(chosen)
            return chosen


def ask_contact(check: Callable[[str], str]) -> str:
    """How arXiv can reach the person who harvests."""
    _say("arXiv asks automated clients for an e-mail address or web page; it is sent with every request.")
    while True:
        answer = typer.prompt("Contact", default="", show_default=False).strip()
        if not answer:
            _say("Please enter an address.")
        elif (contact := _tried(partial(check, answer))) is not None:
            return contact


def ask_seeds(check: Callable[[str], str]) -> list[str]:
    """What to start from, as long as there is something."""
    _say("What do you like? Enter an arXiv id, a sentence, or a .bib file; press Enter to continue.")
    seeds: list[str] = []
    while answer := typer.prompt("Like", default="", show_default=False).strip():
        seed = _tried(partial(check, answer))
        seeds += [seed] if seed is not None else []
    return seeds


def ask_model_server(found: Sequence[FoundServer] = ()) -> tuple[str, str]:
    """Address and model of a language model's server that answers; both empty without one. Offers those `found`."""
    _say("Summaries are better with a language model, on any OpenAI-compatible server (Ollama, vLLM, llama.cpp ...).")
    offers = [(server, model) for server in found for model in server.models][:_MOST_OFFERS]
    if offers:
        _say("On this machine there are:")
        _say("\n".join(f"  {i}  {model} ({server.kind})" for i, (server, model) in enumerate(offers, start=1)))
    question = "Server (a number, an address, or Enter for none)" if offers else "Server (Enter for none)"
    while address := typer.prompt(question, default="", show_default=False).strip():
        if address.isdecimal() and 0 < int(address) <= len(offers):
            server, model = offers[int(address) - 1]
            return server.address, model
        checked = _tried(partial(checked_address, address))
        models = _tried(partial(models_at, checked, os.environ.get("PAPERSYS_LLM__API_KEY", ""))) if checked else None
        if checked and models:
            return checked, _ask_model(models)
        if checked and typer.confirm("Use this address anyway", default=False):
            return checked, typer.prompt("Model").strip()
    return "", ""


def _ask_model(models: list[str]) -> str:
    _say(f"It answers. Available models: {', '.join(models)}.")
    while True:
        name = str(typer.prompt("Model", default=models[0])).strip()
        if name in models:
            return name
        _say(f"There is no model {name!r}.")


def _categories(text: str) -> list[str]:
    names = text.replace(",", " ").split()
    if not names:
        raise ValueError("Enter at least one category")
    return list(dict.fromkeys(map(checked_category, names)))


def _tried(work: Callable[[], T]) -> T | None:
    """What `work` returns; where it refuses, its reason is shown and the question comes again."""
    try:
        return work()
    except (ValueError, PapersysError, typer.BadParameter) as error:
        _say(f"{error}".rstrip(".") + ".")
        return None


def _list(categories: Iterable[str]) -> None:
    lines = [f"  {category:<20} {name_of(category)}" for category in categories]
    _say("\n".join(lines) or "  No matching categories.")


def _say(text: str) -> None:
    _console.print(text, highlight=False, markup=False)
