"""Any server with `/v1/embeddings`: TEI, vLLM, Ollama, llama.cpp, OpenAI. It has to cut long texts by itself."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from services.embedder.backends import Kind, prompt_of
from shared.errors import PermanentFailure, SettingsError, TemporaryFailure
from shared.secret_files import read_secret
from shared.settings import ModelSettings

_TIMEOUT_SECONDS = 120.0
_RETRYABLE = {408, 409, 425, 429}


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
        headers = {"Authorization": f"Bearer {_key(self._model.api_key_file)}"}
        self._client = httpx.Client(timeout=_TIMEOUT_SECONDS, headers=headers)

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.floating[Any]]:
        body = {
            "model": self._model.name,
            "input": [prompt_of(self._model, kind) + text for text in texts],
            "encoding_format": "float",
        }
        try:
            answer = self._opened().post(self._url, json=body)
        except httpx.HTTPError as error:
            raise TemporaryFailure(f"{self._url} cannot be reached: {error or type(error).__name__}") from error
        if answer.status_code != httpx.codes.OK:
            raise _failure(self._url, answer)
        return _vectors(self._url, answer, len(texts))

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _opened(self) -> httpx.Client:
        if self._client is None:
            raise TemporaryFailure(f"The connection to {self._url} is not open.")
        return self._client


def _key(path: Path | None) -> str:
    """The key, or a placeholder for servers that want none."""
    return read_secret(path, "The file with the key of the embedding server") if path else "none"


def _failure(url: str, answer: httpx.Response) -> Exception:
    said = f"{url} answered {answer.status_code}: {' '.join(answer.text.split())[:300]}"
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or answer.status_code in _RETRYABLE:
        after = answer.headers.get("retry-after", "")
        return TemporaryFailure(said, retry_in_seconds=float(after) if after.isdigit() else None)
    return PermanentFailure(said)


def _vectors(url: str, answer: httpx.Response, count: int) -> NDArray[np.float32]:
    """The rows by their `index`, because servers may answer in another order."""
    try:
        rows = sorted(answer.json()["data"], key=lambda row: int(row["index"]))
        matrix = np.array([row["embedding"] for row in rows], dtype=np.float32)
    except (ValueError, KeyError, TypeError) as error:
        raise TemporaryFailure(f"{url} sent an answer that cannot be read: {error}") from error
    if [int(row["index"]) for row in rows] != list(range(count)):
        raise TemporaryFailure(f"{url} sent {len(rows)} vectors for {count} texts.")
    return matrix
