"""The choice of a model in `papersys.toml`: the owner's comments, order and other keys stay as they are."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from services.summarizer.settings import Settings
from shared.errors import PapersysError, SettingsError
from shared.settings.settings import load_settings

_PLACES = ("base_url", "model", "gguf")
_OF_THE_SERVER = (
    "api_key_file",
    "context_tokens",
    "calls_at_once",
    "price_per_million_input",
    "price_per_million_cached_input",
    "price_per_million_output",
)
"""What is true of one server alone: a key must not go to another, a price is no other's."""
_STEPS = ("extract", "tag", "link", "ask", "translate")

Edit = Callable[[tomlkit.TOMLDocument], list[str]]
"""Changes a settings file; returns the settings that it removed."""


def use_server(address: str, model: str) -> Edit:
    """The default model is this one, for every step."""

    def edit(document: tomlkit.TOMLDocument) -> list[str]:
        llm = _llm(document)
        is_same = llm.get("base_url") == address
        removed = _remove(llm, ("gguf", *(() if is_same else _OF_THE_SERVER)), "llm.") + _remove_steps(llm)
        _set(llm, {"base_url": address, "model": model})
        return removed

    return edit


def use_gguf(gguf: str) -> Edit:
    """The default model is one that papersys runs by itself, for every step."""

    def edit(document: tomlkit.TOMLDocument) -> list[str]:
        llm = _llm(document)
        removed = _remove(llm, ("base_url", "model", *_OF_THE_SERVER), "llm.") + _remove_steps(llm)
        _set(llm, {"gguf": gguf})
        return removed

    return edit


def use_named(name: str, steps: Iterable[str] = _STEPS) -> Edit:
    """A model of `[llm.models]` answers these steps."""

    def edit(document: tomlkit.TOMLDocument) -> list[str]:
        llm = _llm(document)
        if "steps" not in llm:
            llm["steps"] = tomlkit.table()
        _set(llm["steps"], dict.fromkeys(steps, name))
        return []

    return edit


def use_none() -> Edit:
    """Summaries are sentences of the paper."""

    def edit(document: tomlkit.TOMLDocument) -> list[str]:
        llm = _llm(document)
        return _remove(llm, (*_PLACES, *_OF_THE_SERVER), "llm.") + _remove_steps(llm)

    return edit


def change(path: Path, edit: Edit) -> list[str]:
    """Edit a settings file, all of it or nothing; what was there before is kept as `papersys.toml~`.

    Returns the settings that were removed. Raises SettingsError where the file would not be usable afterwards,
    PapersysError where it cannot be written.
    """
    path = path.resolve()
    try:
        document = tomlkit.parse(path.read_text("utf-8-sig"))
        removed = edit(document)
        text = tomlkit.dumps(document)
    except (TOMLKitError, ValueError) as error:
        raise SettingsError(f"{path} cannot be changed ({error}); change [llm] in it by hand.") from error
    except OSError as error:
        raise PapersysError(f"{path} cannot be read: {error.strerror}.") from error
    draft = path.with_name(f".{path.name}.new")
    try:
        _write(draft, text, path)
        _check(draft, path)
        shutil.copy2(path, path.with_name(f"{path.name}~"))
        draft.replace(path)
    except OSError as error:
        raise PapersysError(f"{path} cannot be written: {error.strerror}; it is as it was.") from error
    finally:
        draft.unlink(missing_ok=True)
    return removed


def _write(draft: Path, text: str, like: Path) -> None:
    with draft.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    shutil.copymode(like, draft)


def _check(draft: Path, path: Path) -> None:
    """The new file as every service would read it, the environment apart. Raises SettingsError that names the old."""
    try:
        load_settings(Settings, draft, {})
    except SettingsError as error:
        raise SettingsError(f"{str(error).replace(str(draft), str(path))} Nothing was changed.") from error


def _llm(document: tomlkit.TOMLDocument) -> Any:
    if "llm" not in document:
        if document.as_string().strip():
            document.add(tomlkit.nl())
        document["llm"] = tomlkit.table()
    if not isinstance(document["llm"], dict):
        raise ValueError("llm is no table")
    return document["llm"]


def _set(table: Any, values: dict[str, str]) -> None:
    """Where a key stands already its comment stays; a new one comes before the tables within."""
    for key, value in values.items():
        if key in table:
            table[key] = value
        else:
            _insert(table, key, value)


def _insert(table: Any, key: str, value: str) -> None:
    inner = [name for name, content in table.items() if isinstance(content, dict)]
    moved = {name: table.pop(name) for name in inner}
    table[key] = value
    for name, content in moved.items():
        table[name] = content


def _remove(table: Any, keys: Iterable[str], prefix: str) -> list[str]:
    removed = [f"{prefix}{key} = {table[key]!r}" for key in keys if key in table]
    for key in keys:
        with contextlib.suppress(KeyError):
            del table[key]
    return removed


def _remove_steps(llm: Any) -> list[str]:
    steps = llm.get("steps")
    return _remove(steps, tuple(steps), "llm.steps.") if isinstance(steps, dict) else []
