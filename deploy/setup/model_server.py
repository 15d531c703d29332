"""A look at an OpenAI-compatible server: whether it answers, and which models it has."""

from urllib.parse import urlsplit

import httpx

from shared.errors import PapersysError

_SECONDS = 5.0
_REFUSED = (401, 403)


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
    """The names of the server's models. Raises PapersysError that says why there are none."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        answer = httpx.get(f"{address}/models", headers=headers, timeout=_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise PapersysError(f"{address} does not answer ({error or type(error).__name__}); is it running?") from error
    if answer.status_code in _REFUSED:
        raise PapersysError(f"{address} needs a key: set PAPERSYS_LLM__API_KEY, or llm.api_key_file to a file with it.")
    if answer.is_error:
        raise PapersysError(f"{address}/models answers {answer.status_code}; addresses often end with /v1.")
    names = _names(answer)
    if not names:
        raise PapersysError(f"{address}/models lists no models; addresses often end with /v1.")
    return names


def _names(answer: httpx.Response) -> list[str]:
    try:
        return [str(model["id"]) for model in answer.json()["data"]]
    except (ValueError, RecursionError, KeyError, TypeError):
        return []
