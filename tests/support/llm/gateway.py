"""A gateway to a scripted server, over real sockets, and a memo in memory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, SecretStr

from services.summarizer.llm.asking import Answered, AskContext, Memo
from services.summarizer.llm.gateway import Gateway
from services.summarizer.llm.messages import ChatMessage
from shared.contracts import now
from shared.settings.sections.language_models import LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Call, Ledger
from shared.store.papers.summaries import Usage
from tests.support.llm.server import LlmServer, Script, llm_server

EXTRACT = AskContext("extract", "2610.00001", "run-1", "pick-1")
QUESTION: list[ChatMessage] = [
    {"role": "system", "content": "You write poems."},
    {"role": "user", "content": "A poem about rain, please; not more than three lines of it."},
]


class Poem(BaseModel):
    title: str = Field(min_length=1)
    lines: tuple[str, ...] = ()


RAIN = Poem(title="Rain", lines=("It rains.", "It rains more."))
GOOD = RAIN.model_dump_json()


def llm_settings(server: LlmServer, **changes: Any) -> LlmSettings:
    values: dict[str, Any] = {
        "base_url": server.url,
        "model": "small-model",
        "api_key": SecretStr("secret-key-1"),
        "silence_seconds": 5.0,
        "first_token_seconds": 10.0,
        "price_per_million_input": 1.0,
        "price_per_million_output": 10.0,
        **changes,
    }
    return LlmSettings.model_validate({name: value for name, value in values.items() if value is not None})


@asynccontextmanager
async def gateway(
    folder: Path, settings: LlmSettings, memo: Memo | None = None, pauses: Sequence[float] = (0.01, 0.02)
) -> AsyncIterator[Gateway]:
    """An open gateway whose ledger lies in the folder."""
    data = DataFolder(folder, 0)
    opened = Gateway(settings, data, Ledger(data), memo, pauses)
    try:
        yield opened
    finally:
        await opened.close()


def ledger_lines(folder: Path) -> list[Call]:
    return Ledger(DataFolder(folder, 0)).month(now())


async def ask_once(
    folder: Path, script: Script, server_has: dict[str, Any] | None = None, **changes: Any
) -> tuple[Answered[Poem], LlmServer]:
    """One question to a scripted server."""
    with llm_server(script, **(server_has or {})) as server:
        async with gateway(folder, llm_settings(server, **changes)) as models:
            return await models.ask(QUESTION, Poem, EXTRACT), server


def sum_of(lines: list[Call]) -> tuple[int, int, int]:
    """The tokens of the lines whose count the server told."""
    sure = [line for line in lines if not line.estimated]
    return (
        sum(line.input_tokens for line in sure),
        sum(line.cached_tokens for line in sure),
        sum(line.output_tokens for line in sure),
    )


class DictMemo:
    """A memo in memory; `fails` are the puts that go wrong, as a full disk would have it."""

    def __init__(self, fails: int = 0) -> None:
        self.kept: dict[str, str] = {}
        self.fails = fails

    async def get(self, key: str) -> str | None:
        return self.kept.get(key)

    async def put(self, key: str, text: str, usage: Usage) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("disk full")
        self.kept[key] = text
