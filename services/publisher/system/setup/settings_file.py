"""The settings file in use, as the Setup page begins with it, and the change of it that answers amount to."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.publisher.system.setup.answers import KEEP, NONE, Entered
from services.publisher.system.setup.settings_text import changed_text, new_text
from shared.settings.first_settings import Answers
from shared.settings.settings import FILE_NAME
from shared.settings.sources import read_toml

_VARIABLES = (
    "PAPERSYS_FETCHER__CATEGORIES",
    "PAPERSYS_FETCHER__CONTACT",
    "PAPERSYS_RANKER__PER_DAY",
    "PAPERSYS_RANKER__SEEDS",
    "PAPERSYS_LLM__BASE_URL",
    "PAPERSYS_LLM__MODEL",
)
_PROGRAM = Path(__file__).resolve().parents[4] / "deploy"
DEFAULT_CATEGORIES = ("cs.CL", "cs.CV", "cs.LG")


@dataclass(frozen=True)
class SettingsFile:
    """A file of one's own, or (`is_first`) the place where the first will lie for whoever runs the demo."""

    path: Path
    is_first: bool

    @classmethod
    def of(cls, config: Path | None, *, is_demo: bool) -> "SettingsFile":
        """`config` is the file that papersys runs with; the demo's, which came with the program, is never written."""
        if config is None or config.resolve().is_relative_to(_PROGRAM):
            return cls(Path.cwd() / FILE_NAME, is_first=True)
        return cls(config, is_first=is_demo)

    def entered(self) -> Entered:
        """What it says now, as fields. Raises SettingsError."""
        if self.is_first:
            return Entered()
        content = read_toml(self.path)
        fetcher, ranker, llm = (_table(content, name) for name in ("fetcher", "ranker", "llm"))
        has_model = any(llm.get(key) for key in ("base_url", "gguf", "models"))
        return Entered(
            categories=tuple(map(str, fetcher.get("categories", DEFAULT_CATEGORIES))),
            contact=str(fetcher.get("contact", "")),
            per_day=str(ranker.get("per_day", 10)),
            model_choice=KEEP if has_model else NONE,
            base_url=str(llm.get("base_url", "")),
            model=str(llm.get("model", "")),
            price_input=str(llm.get("price_per_million_input", "")),
            price_output=str(llm.get("price_per_million_output", "")),
        )

    @property
    def model_in_use(self) -> str:
        """The language model that it names, in words; empty without one."""
        llm = {} if self.is_first else _table(read_toml(self.path), "llm")
        return str(llm.get("gguf") or " at ".join(filter(None, (llm.get("model"), llm.get("base_url")))) or "")

    @property
    def key_file(self) -> Path:
        """Where a key that somebody enters is kept."""
        return self.path.with_name("papersys-llm.key")

    def known_key_file(self, base_url: str) -> str:
        """The key's file that it names for this server; empty for another."""
        llm = {} if self.is_first else _table(read_toml(self.path), "llm")
        return str(llm.get("api_key_file", "")) if llm.get("base_url") == base_url else ""

    @property
    def reads_all(self) -> bool:
        """Whether all of arXiv is read now, which is what no category means."""
        return not self.is_first and not self.entered().categories

    def text_with(self, answers: Answers, *, keeps_model: bool) -> str:
        """Its text with the answers in it. Raises SettingsError."""
        if self.is_first:
            return new_text(answers)
        return changed_text(self.path.read_text("utf-8-sig"), answers, keeps_model=keeps_model)


def overriding(environment: Mapping[str, str] | None = None) -> list[str]:
    """Environment variables that go before the file, whatever is written into it."""
    return [name for name in _VARIABLES if (os.environ if environment is None else environment).get(name)]


def _table(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = content.get(name)
    return table if isinstance(table, dict) else {}
