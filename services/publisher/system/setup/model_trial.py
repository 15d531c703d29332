"""A trial of a language model's server: whether it answers, which models it has, and how quick one of them is."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from shared.contracts import now
from shared.errors import PapersysError, reason
from shared.hosts.model_server import FoundServer, list_models, read_json
from shared.store.models.speeds import ModelSpeed, TimedCall, speeds

_SECONDS = 120.0
_CHARS_A_TOKEN = 4
_SHOWN = 200
_TEXT = (
    "We counted how often seabirds returned to the same cliff over nine summers. Of 412 ringed birds, 61 % came back "
    "at least once, and those that did bred earlier. The weather of the year explained little of the difference. "
)
_QUESTIONS = (
    ("\n".join(f"{number}. {_TEXT}" for number in range(8)) + "\nSay in one short sentence what was found.", 24),
    ("Write the numbers from one to forty as English words, separated by commas.", 120),
)
"""One that mainly reads and one that mainly writes, each with the most tokens of its answer."""


@dataclass(frozen=True)
class ServerTrial:
    """What came of it. `servers` were found on this machine; `problem` says why there is no answer."""

    models: Sequence[str] = ()
    servers: Sequence[FoundServer] = ()
    answer: str = ""
    speed: ModelSpeed | None = None
    problem: str = ""
    has_looked: bool = False


async def try_server(address: str, model: str, key: str, client: httpx.AsyncClient) -> ServerTrial:
    """Ask which models a server has, and the named one (or its only one) two questions."""
    try:
        models = await list_models(address, key)
    except PapersysError as error:
        return ServerTrial(problem=str(error))
    name = model or (models[0] if len(models) == 1 else "")
    if not name:
        return ServerTrial(models)
    if name not in models and f"{name}:latest" not in models:
        return ServerTrial(models, problem=f"The server answers, but has no model {name!r}.")
    try:
        calls = [await _ask(client, address, name, key, *question) for question in _QUESTIONS]
    except TimeoutError:
        silence = f"The server is there, but {name!r} did not answer within {_SECONDS:g} seconds. "
        return ServerTrial(
            models, problem=f"{silence}It may be busy with another question: try again, or a smaller model."
        )
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, PapersysError) as error:
        return ServerTrial(models, problem=f"The server answers, but the model {name!r} did not: {reason(error)}")
    read, written = speeds(*(call for call, _ in calls))
    speed = ModelSpeed(model=name, read_per_second=read, written_per_second=written, measured_at=now())
    return ServerTrial(models, answer=calls[0][1], speed=speed)


async def _ask(
    client: httpx.AsyncClient,
    address: str,
    model: str,
    key: str,
    question: str,
    most_tokens: int,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[TimedCall, str]:
    """One call, timed, and the beginning of its answer. Raises PapersysError where there is none."""
    body = {"model": model, "messages": [{"role": "user", "content": question}], "max_tokens": most_tokens}
    started = clock()
    status, content = await read_json(client, f"{address}/chat/completions", key, _SECONDS, body)
    text = _text_in(content)
    if status != 200 or text is None:
        raise PapersysError(f"{address}/chat/completions answers {status}{_said(content)}.")
    used = content.get("usage") if isinstance(content.get("usage"), dict) else {}
    read, written = _count(used, "prompt_tokens", question), _count(used, "completion_tokens", text)
    return TimedCall(read, written, clock() - started), " ".join(text.split())[:_SHOWN]


def _text_in(content: Any) -> str | None:
    """What the model wrote; models that think first may have got no further than that."""
    try:
        message = content["choices"][0]["message"]
        texts = (message.get(name) for name in ("content", "reasoning_content", "reasoning"))
        return next((text for text in texts if isinstance(text, str) and text.strip()), None)
    except (TypeError, KeyError, IndexError, AttributeError):
        return None


def _count(used: dict[str, Any], name: str, text: str) -> int:
    count = used.get(name)
    return count if isinstance(count, int) and count > 0 else max(1, len(text) // _CHARS_A_TOKEN)


def _said(content: Any) -> str:
    error = content.get("error") if isinstance(content, dict) else None
    text = error.get("message") if isinstance(error, dict) else error
    return f": {' '.join(text.split())[:_SHOWN]}" if isinstance(text, str) and text.strip() else ""
