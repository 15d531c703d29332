"""Any server with `/v1/embeddings`: TEI, vLLM, Ollama, llama.cpp, OpenAI. It has to cut long texts by itself."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from services.embedder.backends import Kind
from services.embedder.backends.prompts import prompt_of
from shared.contracts import now
from shared.errors import PapersysError, PermanentFailure, SettingsError, TemporaryFailure
from shared.hosts.retry_after import wait_asked_for
from shared.settings.secret_files import read_secret
from shared.settings.settings import ModelSettings
from shared.text.safe.json_text import parse_json
from shared.text.safe.plain_text import shortened

_TIMEOUT_SECONDS = 120.0
_WAIT_SECONDS = 60.0
_REFUSES_TEXTS = {400, 413, 422}
_ADVICE = {
    401: "; check the key (api_key_file)",
    403: "; check what the key allows (api_key_file)",
    404: "; check base_url and name",
}


class Backend:
    """A model behind HTTP. `base_url` ends before `/embeddings`, usually with `/v1`."""

    source = "openai"

    def __init__(self, model: ModelSettings, threads: int | None) -> None:
        if not model.base_url:
            raise SettingsError("The embedding backend 'openai' needs base_url in the model's table.")
        self._model = model
        self._url = f"{model.base_url.rstrip('/')}/embeddings"
        self._client: httpx.Client | None = None

    def load(self) -> None:
        self.close()
        headers = {"Authorization": f"Bearer {_key(self._model.api_key_file)}"}
        self._client = httpx.Client(timeout=_TIMEOUT_SECONDS, headers=headers)

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.floating[Any]]:
        body = {
            "model": self._model.name,
            "input": [prompt_of(self._model, kind) + text for text in texts],
            "encoding_format": "float",
        }
        try:
            answer = self._open_client().post(self._url, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            text = f"{self._url} cannot be reached: {str(error) or type(error).__name__}"
            raise TemporaryFailure(text, retry_in_seconds=_WAIT_SECONDS) from error
        if answer.status_code != httpx.codes.OK:
            raise _failure(self._url, answer)
        return _vectors(self._url, answer, len(texts))

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open_client(self) -> httpx.Client:
        if self._client is None:
            raise TemporaryFailure(f"The connection to {self._url} is not open.")
        return self._client


def _key(path: Path | None) -> str:
    """The key, or a placeholder for servers that want none."""
    return read_secret(path, "The file with the key of the embedding server") if path else "none"


def _failure(url: str, answer: httpx.Response) -> PapersysError:
    """What an HTTP error means. Most are the server's own; a 400 may be a text's, and a 500 as well.

    Some servers answer 500 to a text that is too long: without a wait, the caller tries what else the server takes.
    """
    status = answer.status_code
    message = f"{url} answered {status}: {shortened(answer.text, 300)}{_ADVICE.get(status, '')}"
    if status in _REFUSES_TEXTS:
        return PermanentFailure(message)
    if status == httpx.codes.INTERNAL_SERVER_ERROR:
        return TemporaryFailure(message)
    wait = wait_asked_for(answer.headers, now())
    return TemporaryFailure(message, retry_in_seconds=_WAIT_SECONDS if wait is None else wait)


def _vectors(url: str, answer: httpx.Response, count: int) -> NDArray[np.float32]:
    """The rows by their `index`, because servers may answer in another order."""
    try:
        rows = sorted(parse_json(answer.content)["data"], key=lambda row: int(row["index"]))
        matrix = np.array([row["embedding"] for row in rows], dtype=np.float32)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise TemporaryFailure(f"{url} sent an answer that cannot be read: {error}") from error
    if [int(row["index"]) for row in rows] != list(range(count)):
        raise TemporaryFailure(f"{url} sent {len(rows)} vectors for {count} texts.")
    return matrix
