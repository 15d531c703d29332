"""Where settings come from: a TOML file, and environment variables over it; neither is trusted to be well-formed."""

import difflib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard, get_args, get_origin

from pydantic import BaseModel

from shared.errors import SettingsError

ENV_PREFIX = "PAPERSYS_"
_MOST_BYTES = 1024 * 1024
Variables = dict[tuple[str, ...], str]
"""Which environment variable a key was set by."""


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a settings file. Raises SettingsError."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise SettingsError(f"{path} is larger than a settings file is (1 MB).")
        return tomllib.loads(content.decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsError(f"There is no settings file {path}; `papersys init` writes one.") from error
    except RecursionError as error:
        raise SettingsError(f"{path} is not valid TOML: it is nested too deeply") from error
    except ValueError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error


def overlay(
    values: dict[str, Any], environment: Mapping[str, str], model: type[BaseModel], others: Iterable[str] = ()
) -> Variables:
    """Put the environment's settings over `values`; those of the sections `others` are left alone.

    Raises SettingsError for a variable that is no setting.
    """
    variables: Variables = {}
    for name, text in sorted(environment.items()):
        if not name.startswith(ENV_PREFIX) or "__" not in name:
            continue
        path = tuple(name.removeprefix(ENV_PREFIX).lower().split("__"))
        if path[0] not in model.model_fields and path[0] in others:
            continue
        if kind_at(model, path) is None:
            raise SettingsError(f"{name}: there is no such setting{_nearest(model, path)}")
        _table(values, name, path)[path[-1]] = _scalar(name, text)
        variables[path] = name
    return variables


def mistyped_variables(environment: Mapping[str, str], model: type[BaseModel], known: Iterable[str]) -> list[str]:
    """A sentence for every variable that is read by nobody, but looks as if a setting was meant."""
    names = {name.replace("__", "_"): name for name in (*_variables(model), *known)}
    sentences = []
    for name in sorted(environment):
        if name.startswith(ENV_PREFIX) and "__" not in name and name not in names.values():
            nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.9)
            sentences += [
                f"{name} is read by nobody; did you mean {names[nearest[0]]}?" for nearest in [nearest] if nearest
            ]
    return sentences


def refuse_secrets(values: Mapping[str, Any], model: type[BaseModel], where: str) -> None:
    """Raises SettingsError where a file holds what only the environment or a file of its own may."""
    for path in _secrets_in(values, model, ()):
        variable = f"{ENV_PREFIX}{'__'.join(path)}".upper()
        raise SettingsError(f"{where}: {'.'.join(path)} is a secret; give it as {variable} or name a file.")


def _secrets_in(values: Mapping[str, Any], kind: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where secrets stand in a table of the file and in the tables inside it."""
    for key, value in values.items():
        inner = kind_at(kind, (key,)) if is_table(kind) else get_args(kind)[1]
        if is_secret(inner):
            yield (*path, key)
        elif isinstance(value, dict) and (is_table(inner) or get_origin(inner) is dict):
            yield from _secrets_in(value, inner, (*path, key))


def kind_at(model: type[BaseModel], path: Iterable[Any]) -> Any:
    """The type of the setting at `path`, None where there is none; the tables of a dict of tables are all alike."""
    kind: Any = model
    for part in path:
        if get_origin(kind) is dict:
            kind = get_args(kind)[1] if part else None
        elif is_table(kind):
            field = kind.model_fields.get(str(part))
            kind = field.annotation if field else None
        elif not isinstance(part, int):
            return None
    return kind


def names_at(model: type[BaseModel], path: Iterable[Any]) -> list[str]:
    """The keys of the table at `path`."""
    kind = kind_at(model, path)
    return list(kind.model_fields) if is_table(kind) else []


def is_table(kind: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def is_secret(kind: Any) -> bool:
    return "SecretStr" in str(kind)


def _table(values: dict[str, Any], name: str, path: tuple[str, ...]) -> dict[str, Any]:
    table = values
    for part in path[:-1]:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise SettingsError(f"{name}: {part} is not a table of the settings")
    return table


def _scalar(name: str, text: str) -> Any:
    """Lists and tables are JSON; everything else stays text, which pydantic reads by the key's own type."""
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise SettingsError(f"{name} is not text in UTF-8")
    if text[:1] not in ("[", "{"):
        return text
    try:
        return json.loads(text)
    except RecursionError as error:
        raise SettingsError(f"{name} is not valid JSON: it is nested too deeply") from error
    except ValueError as error:
        raise SettingsError(f"{name} is not valid JSON: {error}") from error


def _nearest(model: type[BaseModel], path: tuple[str, ...]) -> str:
    """The nearest right name: in the table that was meant, where there is one, else among all."""
    for depth in range(len(path) - 1, 0, -1):
        nearest = difflib.get_close_matches(path[depth], names_at(model, path[:depth]), n=1, cutoff=0.5)
        if nearest:
            return f"; did you mean {_variable((*path[:depth], nearest[0]))}?"
    nearest = difflib.get_close_matches(_variable(path), list(_variables(model)), n=1)
    return f"; did you mean {nearest[0]}?" if nearest else "; docs/settings.md lists them all"


def _variables(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if is_table(field.annotation):
            yield from _variables(field.annotation, (*prefix, name))
        else:
            yield _variable((*prefix, name))


def _variable(path: Iterable[str]) -> str:
    return ENV_PREFIX + "__".join(path).upper()
