"""What `papersys llm use TARGET` means: a named model, a server, a model found on this machine, a file, or none."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.summarizer.choosing.settings_file import Edit, use_gguf, use_named, use_none, use_server
from services.summarizer.own_model.gguf_header import read_gguf
from services.summarizer.own_model.program import find_server_program
from shared.errors import PapersysError
from shared.hosts.model_server import FoundServer, checked_address, models_at
from shared.settings.sections.own_model import checked_gguf, hub_file
from shared.settings.settings import LlmSettings

NONE = ("none", "off")
Check = Callable[[], None]
"""Raises PapersysError where what was chosen does not answer."""


@dataclass(frozen=True)
class Choice:
    """What to write, what to say about it, and `gguf`, the file to be there first."""

    edit: Edit
    text: str
    gguf: str | None = None


def choose(
    target: str, model: str, llm: LlmSettings, folder: Path, find: Callable[[], Sequence[FoundServer]], force: bool
) -> Choice:
    """The choice that a person means; `folder` is that of the settings file, `find` looks for servers on this machine.

    Raises PapersysError where it is unclear, or does not answer; with `force` what does not answer is chosen as well.
    """
    if target in NONE:
        return Choice(use_none(), "No language model: summaries are sentences of the paper.")
    if "://" in target and not target.startswith("hf://"):
        return _server(target, model, llm, force)
    if target.lower().endswith(".gguf"):
        return _file(target, folder, force)
    if target in llm.usable:
        _answers_or_force(lambda: _check_named(target, llm), force)
        return Choice(use_named(target), f"{target} answers from now on, for every step.")
    return _found(target, model, find())


def _server(target: str, model: str, llm: LlmSettings, force: bool) -> Choice:
    try:
        address = checked_address(target)
    except ValueError as error:
        raise PapersysError(str(error)) from error
    if force and model:
        return _at(address, model)
    names = models_at(address, _key_for(address, llm))
    if model and model not in names:
        raise PapersysError(f"{address} has no model {model!r}; it has {', '.join(names)}. --force writes it anyway.")
    if not model and len(names) > 1:
        raise PapersysError(f"{address} has several models; choose one with --model: {', '.join(names)}.")
    return _at(address, model or names[0])


def _at(address: str, model: str) -> Choice:
    return Choice(use_server(address, model), f"{model} at {address}, for every step.")


def _key_for(address: str, llm: LlmSettings) -> str:
    """The key of the settings goes to their own server alone; one of the environment to the server that is named."""
    if llm.base_url == address:
        return llm.key()
    return os.environ.get("PAPERSYS_LLM__API_KEY", "")


def _check_named(name: str, llm: LlmSettings) -> None:
    model = llm.usable[name]
    names = models_at(str(model.base_url), model.key())
    if model.model not in names:
        raise PapersysError(f"{model.base_url} has no model {model.model!r}; it has {', '.join(names)}.")


def _answers_or_force(check: Check, force: bool) -> None:
    try:
        check()
    except PapersysError as error:
        if not force:
            raise PapersysError(f"{error} Nothing was changed; --force writes it anyway.") from error


def _file(target: str, folder: Path, force: bool) -> Choice:
    """A path is meant from here, and written as seen from the settings file."""
    try:
        gguf = checked_gguf(target, Path.cwd())
    except ValueError as error:
        raise PapersysError(str(error)) from error
    _answers_or_force(lambda: _check_file(gguf), force)
    written = gguf if hub_file(gguf) and not Path(gguf).exists() else _seen_from(folder.resolve(), Path(gguf))
    return Choice(use_gguf(written), f"papersys runs {written} by itself, for every step.", gguf)


def _check_file(gguf: str) -> None:
    find_server_program()
    if Path(gguf).exists() or not hub_file(gguf):
        read_gguf(Path(gguf))


def _seen_from(folder: Path, path: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _found(target: str, model: str, servers: Sequence[FoundServer]) -> Choice:
    """A model that a server of this machine has, or a kind of server."""
    for server in servers:
        if target in server.models:
            return _at(server.address, target)
    for server in servers:
        if target.lower() == server.kind.lower():
            if model and model not in server.models:
                raise PapersysError(f"{server.kind} has no model {model!r}; it has {', '.join(server.models)}.")
            return _at(server.address, model or server.models[0])
    there = "; ".join(f"{server.kind}: {', '.join(server.models)}" for server in servers)
    raise PapersysError(
        f"There is no model {target!r}, neither in the settings nor on this machine ({there or 'no server found'}). "
        "Give a name that `papersys llm list` shows, the address of a server, a GGUF file, or `none`."
    )
