"""Prompts as files that a person can edit: those of the package, or one of the same name in a folder of one's own.

They are Jinja2 templates in a sandbox. A file that leaves out what a prompt cannot do without, or asks for something
that is not there, is an error that names the file.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import SandboxedEnvironment

from shared.errors import SettingsError

_DEFAULTS = Path(__file__).parent.parent / "prompts"
_MOST_BYTES = 100_000


@dataclass(frozen=True)
class Placeholders:
    """What a prompt must hold, and what it may hold besides."""

    needed: frozenset[str]
    known: frozenset[str]


PLACEHOLDERS: Mapping[str, Placeholders] = {
    "extract": Placeholders(frozenset({"mark", "fields"}), frozenset({"mark", "fields", "claims", "language", "form"})),
    "repair": Placeholders(
        frozenset({"problems"}), frozenset({"problems", "fields", "mark", "passages", "language", "form"})
    ),
}


@dataclass(frozen=True)
class Prompts:
    """The prompts as they were when they were read; `hash` changes with the words of any of them."""

    templates: Mapping[str, Template]
    hash: str

    def render(self, name: str, **values: object) -> str:
        """A prompt with its values. Raises SettingsError where the template fails on them."""
        try:
            return self.templates[name].render(**values).strip()
        except TemplateError as error:
            raise SettingsError(f"The prompt {name}.md cannot be filled in: {error}.") from error


class PromptFiles:
    """The folder that is looked at before the package's own; read again for each paper, so an edit holds at once."""

    def __init__(self, folder: Path, placeholders: Mapping[str, Placeholders] = PLACEHOLDERS) -> None:
        self.folder = folder
        self._placeholders = placeholders
        self._environment = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)

    def load(self) -> Prompts:
        """Raises SettingsError that names the file, what is wrong with it, and what to do."""
        texts = {name: _text(self._path(name)) for name in self._placeholders}
        digest = hashlib.sha256("\0".join(f"{name}\0{texts[name]}" for name in sorted(texts)).encode())
        return Prompts({name: self._template(name, text) for name, text in texts.items()}, digest.hexdigest())

    def problem(self) -> str | None:
        """What a person has to mend before papers can be read."""
        try:
            self.load()
        except SettingsError as error:
            return str(error)
        return None

    def _path(self, name: str) -> Path:
        own = self.folder / f"{name}.md"
        return own if own.exists() else _DEFAULTS / f"{name}.md"

    def _template(self, name: str, text: str) -> Template:
        path, placeholders = self._path(name), self._placeholders[name]
        try:
            used = meta.find_undeclared_variables(self._environment.parse(text))
            template = self._environment.from_string(text)
        except TemplateSyntaxError as error:
            raise SettingsError(f"The prompt {path}, line {error.lineno}, is no template: {error.message}.") from error
        if unknown := sorted(used - placeholders.known):
            listed = ", ".join(sorted(placeholders.known))
            raise SettingsError(f"The prompt {path} asks for {', '.join(unknown)}; it may use {listed}.")
        if missing := sorted(placeholders.needed - used):
            wanted = " and ".join("{{ " + name + " }}" for name in missing)
            raise SettingsError(f"The prompt {path} must hold {wanted}; put it back, or delete the file.")
        return template


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if len(content) > _MOST_BYTES:
            raise SettingsError(f"The prompt {path} has {len(content):,} bytes; {_MOST_BYTES:,} are allowed.")
        return content.decode("utf-8")
    except OSError as error:
        raise SettingsError(f"The prompt {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"The prompt {path} is not UTF-8 text; save it as such.") from error
