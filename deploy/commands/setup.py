"""`init`: a settings file of one's own."""

import importlib
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from deploy.commands.context import complaints, console, shown_path
from deploy.setup.model_server import checked_address, models_at
from deploy.setup.questions import ask_categories, ask_contact, ask_model_server, ask_seeds
from shared.errors import PapersysError
from shared.settings.settings import FILE_NAME

_TEMPLATE = Path(__file__).parent / "papersys.toml.template"
_NO_MODEL = """\
# [llm]                        # without it, summaries are sentences of the paper itself, and say so
# base_url = "http://127.0.0.1:11434/v1"
# model = "qwen3:8b\""""


@dataclass
class Answers:
    """What the file will say; `base_url` empty: no language model."""

    categories: list[str]
    contact: str = ""
    seeds: list[str] = field(default_factory=list)
    base_url: str = ""
    model: str = ""


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write papersys.toml.")] = Path(),
    categories: Annotated[
        str | None, typer.Option(help="arXiv categories to read, with commas.", show_default="cs.LG,cs.CL")
    ] = None,
    contact: Annotated[str | None, typer.Option(help="Your e-mail address; arXiv asks harvesters for one.")] = None,
    seed: Annotated[
        list[str] | None,
        typer.Option(help="What to start from: an arXiv id, a sentence, or a .bib file; may be repeated."),
    ] = None,
    llm: Annotated[
        str | None, typer.Option(help="A language model: address of an OpenAI-compatible server, up to /v1.")
    ] = None,
    llm_model: Annotated[str, typer.Option(help="The model's name at that server; else its first.")] = "",
) -> None:
    """Write a settings file of your own; it is never overwritten. On a terminal, without options, it asks."""
    path = folder / FILE_NAME
    if path.exists():
        raise PapersysError(f"{path} is there already; change it, or remove it first.")
    is_told = any(given is not None for given in (categories, contact, seed, llm))
    if is_told or not (sys.stdin.isatty() and sys.stdout.isatty()):
        answers = _from_options(folder, categories, contact, seed, llm, llm_model)
    else:
        answers = _asked(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(_filled(answers), "utf-8")
    console.print(f"Wrote {shown_path(path)}. Look it over, then start with: papersys up", highlight=False)


def _asked(folder: Path) -> Answers:
    answers = Answers(ask_categories())
    answers.contact = ask_contact(_checked_contact)
    answers.seeds = ask_seeds(lambda text: _checked_seed(text, folder))
    answers.base_url, answers.model = ask_model_server()
    return answers


def _from_options(
    folder: Path, categories: str | None, contact: str | None, seeds: list[str] | None, llm: str | None, model: str
) -> Answers:
    """Raises typer.BadParameter where the settings would refuse one."""
    names = [name.strip() for name in ("cs.LG,cs.CL" if categories is None else categories).split(",") if name.strip()]
    for name in names:
        _check("fetcher", {"categories": [name]}, "--categories")
    if not names:
        raise typer.BadParameter("name at least one category, such as cs.LG", param_hint="--categories")
    answers = Answers(names, _checked_contact((contact or "").strip()))
    answers.seeds = [_checked_seed(one, folder) for one in seeds or ()]
    if llm is not None:
        answers.base_url, answers.model = _model_server(llm.strip(), model)
    return answers


def _model_server(address: str, model: str) -> tuple[str, str]:
    """A server that does not answer now is written all the same, and that is said."""
    try:
        address = checked_address(address)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--llm") from error
    try:
        models = models_at(address)
    except PapersysError as error:
        if not model:
            raise PapersysError(f"{error} Or name the model with --llm-model.") from error
        complaints.print(f"{error} It is written all the same.", highlight=False, markup=False)
        return address, model
    if model and model not in models:
        raise typer.BadParameter(
            f"{address} has no model {model!r}; it has {', '.join(models)}", param_hint="--llm-model"
        )
    return address, model or models[0]


def _checked_contact(text: str) -> str:
    _check("fetcher", {"contact": text}, "--contact")
    return text


def _checked_seed(text: str, folder: Path) -> str:
    """As the file names it: a .bib file from its folder, where it lies there or below; says what is in it."""
    seed = text.strip()
    if seed.lower().endswith(".bib"):
        path = Path(seed).expanduser().resolve()
        found: Any = importlib.import_module("services.ranker.learning.bibliography").read_bibliography(path)
        console.print(f"{seed}: {found}", highlight=False, markup=False)
        base = folder.resolve()
        seed = str(path.relative_to(base) if path.is_relative_to(base) else path)
    _check("ranker", {"seeds": [seed]}, "--seed", folder)
    return seed


def _check(service: str, values: dict[str, Any], option: str, folder: Path | None = None) -> None:
    """Raises typer.BadParameter where a service's section would refuse these values."""
    section: Any = importlib.import_module(f"services.{service}.settings").Settings.model_fields[service].annotation
    try:
        section.model_validate(values, context={"folder": folder})
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise typer.BadParameter(reason, param_hint=option) from error


def _filled(answers: Answers) -> str:
    model = f"[llm]\nbase_url = {_toml(answers.base_url)}\nmodel = {_toml(answers.model)}"
    values = {
        "categories": _toml(answers.categories),
        "contact": _toml(answers.contact),
        "seeds": _toml(answers.seeds),
        "llm": model if answers.base_url else _NO_MODEL,
    }
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], _TEMPLATE.read_text("utf-8"))


def _toml(value: str | list[str]) -> str:
    """JSON's texts are TOML's, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
