"""Where the own model of a running system answers, for commands beside it: `state/own-model.json`."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
from pydantic import BaseModel, ValidationError

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder

_TIMEOUT_SECONDS = 3.0


class Endpoint(BaseModel):
    """The address ends with /v1; the key lies in `key_file`."""

    address: str
    model: str
    gguf: str
    key_file: Path


@contextlib.contextmanager
def announced(data: DataFolder, endpoint: Endpoint) -> Iterator[None]:
    """The address can be found while the block runs. A full disk keeps commands from finding it, and nothing else."""
    path = _path(data)
    with contextlib.suppress(PapersysError):
        data.write_text(path, json.dumps(endpoint.model_dump(mode="json"), indent=1) + "\n")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def running_endpoint(data: DataFolder, gguf: str) -> Endpoint | None:
    """The address of the running system's own model; None where it is another one's or nobody answers there."""
    try:
        endpoint = Endpoint.model_validate_json(_path(data).read_bytes())
    except (OSError, ValidationError):
        return None
    return endpoint if endpoint.gguf == gguf and _is_alive(endpoint.address) else None


def _is_alive(address: str) -> bool:
    try:
        answer = httpx.get(f"{address.removesuffix('/v1')}/health/live", timeout=_TIMEOUT_SECONDS, trust_env=False)
        return answer.status_code == 200
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


def _path(data: DataFolder) -> Path:
    return data.path("state", "own-model.json")
