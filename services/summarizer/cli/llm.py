"""`papersys llm list|use|test`: which language model reads the papers."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.summarizer.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import JsonFlag, console, print_json, say, warn
from shared.command_line.progress import bytes_bar, spinner
from shared.errors import PapersysError
from shared.settings.sections.own_model import HubFile, hub_file
from shared.settings.settings import find_settings_file
from shared.store.files.data_folder import DataFolder

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for clients
    from services.summarizer.choosing.listing import ListedModel
    from services.summarizer.choosing.trial import Trial
    from shared.hosts.model_server import FoundServer

app = typer.Typer(help="Show, choose or test language models.", no_args_is_help=True)
_ENVIRONMENT = ("PAPERSYS_LLM__BASE_URL", "PAPERSYS_LLM__MODEL", "PAPERSYS_LLM__GGUF")


@app.command("list")
def list_(as_json: JsonFlag = False) -> None:
    """Show the configured models, and those of Ollama, llama.cpp, LM Studio and vLLM on this machine."""
    from services.summarizer.choosing.listing import list_models

    settings = load(Settings)
    listed = list_models(settings.llm, _data(settings), _found_servers(settings))
    if as_json:
        print_json(json.dumps([{**asdict(model), "answers": model.answers} for model in listed], ensure_ascii=False))
        return
    if not listed:
        say("No language model is configured, and none runs on this machine. Summaries are sentences of the paper.")
        say("Start one (such as Ollama), or have papersys run a file: papersys llm use FILE.gguf")
        return
    console.print(_table(listed))
    for model in listed:
        if model.problem:
            say(f"{model.name}: {model.problem}")
    if not any(model.in_use for model in listed):
        say("None is in use: summaries are sentences of the paper. Choose one with: papersys llm use NAME")


@app.command()
def use(
    target: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A name that `papersys llm list` shows, the address of a server (ending in /v1), a GGUF file, a "
            "file at Hugging Face (owner/repository/file.gguf), or `none`.",
        ),
    ],
    model: Annotated[str, typer.Option(help="Name of the model on that server. Default: its only one.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Also choose what does not answer now.")] = False,
) -> None:
    """Choose the language model: checks that it answers, and writes it into papersys.toml, comments kept."""
    from services.summarizer.choosing.choice import choose
    from services.summarizer.choosing.settings_file import change

    settings, path = load(Settings), _settings_path()
    choice = choose(target, model, settings.llm, path.parent, lambda: _found_servers(settings), force)
    wanted = hub_file(choice.gguf) if choice.gguf else None
    if wanted is not None and not Path(choice.gguf or "").exists():
        _fetch(settings, wanted, force)
    removed = change(path, choice.edit)
    say(f"{path}: {choice.text}")
    for setting in removed:
        say(f"Removed, as it was another model's: {setting} (the file as it was: {path.name}~)")
    _say_what_follows(settings)


@app.command("test")
def try_(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="A model of the settings. Default: the one in use.")
    ] = "",
    as_json: JsonFlag = False,
) -> None:
    """Ask a model a short question, measure how quick it is, and remember that; exit code 1 if it fails."""
    from services.summarizer.choosing import trying

    settings = load(Settings)
    with spinner("Asking the model"):
        tried = asyncio.run(trying.try_configured(settings, _data(settings), name))
    if as_json:
        print_json(json.dumps(tried.as_dict(), ensure_ascii=False))
        return
    _show(tried.trial, tried.form)
    say(tried.estimate)


def _table(listed: "list[ListedModel]") -> Table:
    """What does not answer has its reason below the table."""
    table = Table("", "name", "model", "where", "from", "answers", "a paper")
    for column in table.columns:
        column.overflow = "fold"
    for model in listed:
        seconds = "" if model.seconds_a_paper is None else f"about {model.seconds_a_paper:.0f} s"
        used, answers = "*" if model.in_use else "", "yes" if model.answers else "no"
        table.add_row(used, model.name, model.model, model.place, model.source, answers, seconds)
    return table


def _show(trial: "Trial", form: str) -> None:
    forms = {"schema": "by JSON schema", "json": "in JSON mode", "text": "as text that is parsed"}
    say(f"{trial.model} answers, {forms.get(form, 'in a form that is not known')}.")
    say(f"Its answer: {trial.finding.birds} birds; {trial.finding.sentence}")
    used = trial.usage
    cost = "unknown cost" if used.cost is None else f"cost {used.cost:.4f}"
    say(
        f"First answer after {trial.first_seconds:.1f} s; {used.calls} calls, {used.input_tokens:,} tokens in, "
        f"{used.output_tokens:,} out, {cost}."
    )
    say(f"It reads {trial.read_per_second:.0f} and writes {trial.written_per_second:.1f} tokens a second.")


def _found_servers(settings: Settings) -> "list[FoundServer]":
    from shared.hosts.local_model_servers import find_local_servers

    return find_local_servers()


def _settings_path() -> Path:
    path = find_settings_file()
    if path is None or not path.exists():
        raise PapersysError("There is no settings file of your own yet; `papersys init` writes one.")
    return path


def _fetch(settings: Settings, wanted: HubFile, force: bool) -> None:
    """Fetch the model now, where a person sees the progress. Raises PapersysError."""
    from services.summarizer.own_model.hub import fetch_model, hub_of

    try:
        with bytes_bar(wanted.file) as progress:
            path = asyncio.run(fetch_model(hub_of(settings.llm.hub_url), wanted, _data(settings), progress))
    except PapersysError as error:
        if not force:
            raise PapersysError(f"{error} Nothing was changed; --force writes it anyway.") from error
        warn(f"{error} It is fetched again when papersys runs.")
    else:
        say(f"Fetched and checked: {path}")


def _say_what_follows(settings: Settings) -> None:
    import os

    for variable in _ENVIRONMENT:
        if os.environ.get(variable):
            warn(f"{variable} is set in the environment and goes before the file.")
    if _data(settings).path("state", "processes.json").exists():
        say("papersys is running with the model it had: stop it and start it again.")
    say("Try it with: papersys llm test")


def _data(settings: Settings) -> DataFolder:
    return DataFolder(settings.data.path, settings.data.min_free_mb)
