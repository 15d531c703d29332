"""The text of a first `papersys.toml`, from the answers to `papersys init` or to the Setup page."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

_TEMPLATE = Path(__file__).with_name("papersys.toml.template")
_NO_MODEL = """\
# [llm]                        # without it, summaries are extracted from the paper (no AI text)
# base_url = "http://127.0.0.1:11434/v1"
# model = "qwen3:8b\""""


@dataclass(frozen=True)
class ModelAnswers:
    """A language model at a server; `base_url` empty: none. A price of None is unknown, 0 that of one's own server."""

    base_url: str = ""
    model: str = ""
    api_key_file: str = ""
    price_per_million_input: float | None = None
    price_per_million_output: float | None = None

    @property
    def settings(self) -> dict[str, str | float]:
        """The keys of `[llm]` that are given, in their order."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in given.items() if value not in ("", None)} if self.base_url else {}


@dataclass
class Answers:
    """The values to write."""

    categories: list[str]
    contact: str = ""
    seeds: list[str] = field(default_factory=list)
    model: ModelAnswers = field(default_factory=ModelAnswers)
    per_day: int = 10


def first_settings(answers: Answers) -> str:
    """The file's text."""
    keys = (f"{name} = {_toml(value)}" for name, value in answers.model.settings.items())
    values = {
        "categories": _toml(answers.categories),
        "contact": _toml(answers.contact),
        "per_day": _toml(answers.per_day),
        "seeds": _toml(answers.seeds),
        "llm": "\n".join(("[llm]", *keys)) if answers.model.base_url else _NO_MODEL,
    }
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], _TEMPLATE.read_text("utf-8"))


def _toml(value: str | float | list[str]) -> str:
    """JSON's texts are TOML's, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
