"""`papersys init`: a settings file of one's own."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from deploy.configuration import section_of
from deploy.setup.questions import ask_categories, ask_contact, ask_model_server, ask_seeds
from shared.command_line.output import complaints, say, shown_path
from shared.errors import PapersysError
from shared.hosts import local_model_servers
from shared.hosts.model_server import checked_address, models_at
from shared.settings.first_settings import Answers, ModelAnswers, first_settings
from shared.settings.settings import FILE_NAME
from shared.text.references.bibliography import read_bibliography


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder in which to write papersys.toml.")] = Path(),
    categories: Annotated[
        str | None, typer.Option(help="arXiv categories to read, comma-separated.", show_default="cs.LG,cs.CL")
    ] = None,
    contact: Annotated[
        str | None, typer.Option(help="Your e-mail address or web page; arXiv asks harvesters for one.")
    ] = None,
    seed: Annotated[
        list[str] | None,
        typer.Option(help="What you like: an arXiv id, a sentence, or a .bib file; may be repeated."),
    ] = None,
    llm: Annotated[
        str | None,
        typer.Option(
            help="Address of an OpenAI-compatible language model server, ending in /v1; `auto` takes one that runs on "
            "this machine."
        ),
    ] = None,
    llm_model: Annotated[str, typer.Option(help="Name of the model on that server. Default: the first one.")] = "",
) -> None:
    """Write your own settings file, never overwriting one. Asks questions on a terminal if no options are given."""
    path = folder / FILE_NAME
    if path.exists():
        raise PapersysError(f"{path} already exists; edit it, or remove it first.")
    has_options = any(option is not None for option in (categories, contact, seed, llm))
    if has_options or not (sys.stdin.isatty() and sys.stdout.isatty()):
        answers = _from_options(folder, categories, contact, seed, llm, llm_model)
    else:
        answers = _from_questions(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(first_settings(answers), "utf-8")
    say(f"Wrote {shown_path(path)}. Check it, then start with: papersys up")
    if not answers.model.base_url:
        say("For summaries by a language model: papersys llm list, then papersys llm use NAME")


def _from_questions(folder: Path) -> Answers:
    answers = Answers(ask_categories())
    answers.contact = ask_contact(_checked_contact)
    answers.seeds = ask_seeds(lambda text: _checked_seed(text, folder))
    answers.model = ModelAnswers(*ask_model_server(local_model_servers.find_local_servers()))
    return answers


def _from_options(
    folder: Path, categories: str | None, contact: str | None, seeds: list[str] | None, llm: str | None, model: str
) -> Answers:
    """Raises typer.BadParameter where the settings would refuse one."""
    names = [name.strip() for name in ("cs.LG,cs.CL" if categories is None else categories).split(",") if name.strip()]
    for name in names:
        _check("fetcher", {"categories": [name]}, "--categories")
    if not names:
        raise typer.BadParameter("Give at least one category, such as cs.LG.", param_hint="--categories")
    answers = Answers(names, _checked_contact((contact or "").strip()))
    answers.seeds = [_checked_seed(seed, folder) for seed in seeds or ()]
    if llm is not None:
        server = _found_server(model) if llm == "auto" else _model_server(llm.strip(), model)
        answers.model = ModelAnswers(*server)
    return answers


def _found_server(model: str) -> tuple[str, str]:
    """The first server of this machine that has the model, or any. Raises PapersysError."""
    servers = local_model_servers.find_local_servers()
    for server in servers:
        if not model or model in server.models:
            return server.address, model or server.models[0]
    there = "; ".join(f"{server.kind} has {', '.join(server.models)}" for server in servers)
    what = f"with the model {model!r} " if model else ""
    raise PapersysError(
        f"No language model server {what}was found on this machine "
        f"({there or 'no Ollama, llama.cpp, LM Studio or vLLM'}). Start one, or give its address with --llm."
    )


def _model_server(address: str, model: str) -> tuple[str, str]:
    """A server that does not answer now is accepted with a warning, if the model is named."""
    try:
        address = checked_address(address)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--llm") from error
    try:
        models = models_at(address)
    except PapersysError as error:
        if not model:
            raise PapersysError(f"{error} Or give the name of the model with --llm-model.") from error
        complaints.print(f"{error} The address is written anyway.", highlight=False, markup=False)
        return address, model
    if model and model not in models:
        raise typer.BadParameter(
            f"{address} has no model {model!r}; available: {', '.join(models)}", param_hint="--llm-model"
        )
    return address, model or models[0]


def _checked_contact(text: str) -> str:
    _check("fetcher", {"contact": text}, "--contact")
    return text


def _checked_seed(text: str, folder: Path) -> str:
    """As the settings file has it: a .bib file by its path from there, where it lies in or below that folder."""
    seed = text.strip()
    if seed.lower().endswith(".bib"):
        path = Path(seed).expanduser().resolve()
        say(f"{seed}: {read_bibliography(path)}")
        base = folder.resolve()
        seed = str(path.relative_to(base) if path.is_relative_to(base) else path)
    _check("ranker", {"seeds": [seed]}, "--seed", folder)
    return seed


def _check(service: str, values: dict[str, object], option: str, folder: Path | None = None) -> None:
    """Raises typer.BadParameter where a service's section would refuse these values."""
    try:
        section_of(service).model_validate(values, context={"folder": folder})
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise typer.BadParameter(reason, param_hint=option) from error
