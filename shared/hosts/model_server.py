"""A look at an OpenAI-compatible server: whether it answers, and which models it has. Its answers are not trusted."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from shared.errors import PapersysError
from shared.text.safe.json_text import parse_json

SECONDS = 5.0
_REFUSED = (401, 403)
_MOST_BYTES = 2 << 20
_MOST_MODELS = 500
_LONGEST_NAME = 300


@dataclass(frozen=True)
class FoundServer:
    """A server that answers: what it is (`Ollama`), its address up to /v1, and its models, those for chat first."""

    kind: str
    address: str
    models: tuple[str, ...]


def checked_address(text: str) -> str:
    """An address without a slash at its end. Raises ValueError."""
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(f"{text!r} is not the address of a server; write it like http://127.0.0.1:11434/v1")
    if "@" in parts.netloc:
        raise ValueError(
            "the address must not contain a password; set a key with PAPERSYS_LLM__API_KEY or llm.api_key_file"
        )
    return text.rstrip("/")


def models_at(address: str, key: str = "") -> list[str]:
    """The names of the server's models; not to be called from a running loop. Raises PapersysError."""
    return asyncio.run(list_models(address, key))


async def list_models(address: str, key: str = "") -> list[str]:
    """As `models_at`, from a running loop. Raises PapersysError."""
    try:
        async with httpx.AsyncClient() as client:
            status, content = await read_json(client, f"{address}/models", key)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, TimeoutError) as error:
        raise PapersysError(f"{address} does not answer ({error or type(error).__name__}); is it running?") from error
    if status in _REFUSED:
        raise PapersysError(f"{address} needs a key: set PAPERSYS_LLM__API_KEY, or llm.api_key_file to a file with it.")
    if status >= 400:
        raise PapersysError(f"{address}/models answers {status}; addresses often end with /v1.")
    names = names_in(content, "data", "id")
    if not names:
        raise PapersysError(f"{address}/models lists no models; addresses often end with /v1.")
    return names


async def read_json(
    client: httpx.AsyncClient, url: str, key: str = "", seconds: float = SECONDS, body: Any = None
) -> tuple[int, Any]:
    """Status and content of an answer, None where that is no JSON or very long; redirects are not followed.

    With a `body` it is posted as JSON.
    Raises httpx.HTTPError, httpx.InvalidURL, and TimeoutError after `seconds`, however the server spends them.
    """
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    content, method = bytearray(), "GET" if body is None else "POST"
    options: dict[str, Any] = {"headers": headers, "timeout": seconds, "json": body}
    async with asyncio.timeout(seconds), client.stream(method, url, **options) as answer:
        async for chunk in answer.aiter_bytes():
            content += chunk
            if len(content) > _MOST_BYTES:
                return answer.status_code, None
    try:
        return answer.status_code, parse_json(bytes(content))
    except ValueError:
        return answer.status_code, None


def names_in(content: Any, table: str, key: str) -> list[str]:
    """The names in a list of models, each once; what is no name is left out."""
    rows = content.get(table) if isinstance(content, dict) else None
    names = [row.get(key) for row in rows[:_MOST_MODELS] if isinstance(row, dict)] if isinstance(rows, list) else []
    plain = (name for name in names if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and name.isprintable())
    return list(dict.fromkeys(plain))
