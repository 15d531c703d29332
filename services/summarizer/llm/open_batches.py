"""Batches that were submitted and whose answers are not used yet: `state/llm-batches/`, two files a batch.

The questions lie there before they are sent, so that a kill at any moment loses no batch and sends none twice.
"""

import json
import logging
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from services.summarizer.llm.asking import AskContext, Step
from services.summarizer.llm.messages import ChatMessage
from shared.contracts import DEFAULT_USER, now
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
_MOST_LINES, _MOST_BYTES = 50_000, 190_000_000
"""OpenAI takes 50,000 lines and 200 MB a batch."""


class BatchLine(BaseModel):
    """What is remembered of a question: whose it is, when its event occurred, and the key that its answer has."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    step: Step
    paper_id: str | None = None
    run_id: str | None = None
    event_id: str | None = None
    asked_at: AwareDatetime | None = None
    user: str = DEFAULT_USER

    @classmethod
    def of(cls, context: AskContext, key: str, asked_at: datetime | None = None) -> "BatchLine":
        return cls(
            key=key,
            step=context.step,
            paper_id=context.paper_id,
            run_id=context.run_id,
            event_id=context.event_id,
            asked_at=asked_at,
            user=context.user,
        )

    @property
    def context(self) -> AskContext:
        return AskContext(self.step, self.paper_id, self.run_id, self.event_id, self.user)


class OpenBatch(BaseModel):
    """A batch under way. Without `batch_id` it may or may not have reached its server."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    token: str
    name: str
    submitted_at: AwareDatetime
    batch_id: str | None = None
    lines: dict[str, BatchLine]


Request = tuple[BatchLine, dict[str, Any]]
"""A question and the body of its call."""


class OpenBatches:
    """The files of the batches of a data folder."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._folder = data.path("state", "llm-batches")

    def all(self) -> list[OpenBatch]:
        """Oldest first; also those of earlier processes. A file that cannot be read is told and left out."""
        found = [self._read(path) for path in sorted(self._folder.glob("*.json"))]
        return sorted((batch for batch in found if batch is not None), key=lambda batch: batch.submitted_at)

    def make(self, name: str, requests: Sequence[Request]) -> list[OpenBatch]:
        """New batches for these questions to the model `name`, on disk; several where they are too many for one."""
        return [self._made(name, part) for part in _parts(requests)]

    def put(self, batch: OpenBatch) -> None:
        self._data.write_text(self._path(batch, "json"), batch.model_dump_json(indent=1) + "\n")

    def content(self, batch: OpenBatch) -> bytes:
        """The file as it is uploaded."""
        return self._path(batch, "jsonl").read_bytes()

    def messages(self, batch: OpenBatch) -> dict[str, list[ChatMessage]]:
        """What was asked, by custom id."""
        lines = map(json.loads, self.content(batch).splitlines())
        return {line["custom_id"]: line["body"]["messages"] for line in lines}

    def forget(self, batch: OpenBatch) -> None:
        for kind in ("json", "jsonl"):
            self._path(batch, kind).unlink(missing_ok=True)

    def _made(self, name: str, requests: Sequence[Request]) -> OpenBatch:
        ids = [f"{number:06}" for number in range(len(requests))]
        lines = {custom_id: line for custom_id, (line, _) in zip(ids, requests, strict=True)}
        batch = OpenBatch(token=uuid.uuid4().hex, name=name, submitted_at=now(), lines=lines)
        calls = [
            {"custom_id": custom_id, "method": "POST", "url": ENDPOINT, "body": body}
            for custom_id, (_, body) in zip(ids, requests, strict=True)
        ]
        self._data.write_text(self._path(batch, "jsonl"), "".join(json.dumps(call) + "\n" for call in calls))
        self.put(batch)
        return batch

    def _read(self, path: Path) -> OpenBatch | None:
        try:
            return OpenBatch.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            log.error("%s cannot be read: %s", path, error, extra={"action": "llm_batch"})
            return None

    def _path(self, batch: OpenBatch, kind: str) -> Path:
        return self._folder / f"{batch.token}.{kind}"


def _parts(requests: Sequence[Request]) -> Iterator[list[Request]]:
    """The questions in parts that a server takes at once."""
    part: list[Request] = []
    size = 0
    for request in requests:
        length = len(json.dumps(request[1])) + 200
        if part and (len(part) == _MOST_LINES or size + length > _MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(request)
        size += length
    if part:
        yield part
