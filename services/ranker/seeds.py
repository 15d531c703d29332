"""Seeds: arXiv ids or sentences from the settings that stand in for likes while there are few verdicts.

Their vectors are asked for once and kept in `state/ranker/seeds-<model>.json`, so that nothing waits for them again.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np

from services.ranker.similarity import Pool, empty_pool
from shared.contracts import Encode, EncodeReply, Lookup, Request
from shared.errors import RequestFailed
from shared.paper_ids import parse_paper_id
from shared.store.embeddings import Matrix
from shared.store.files import DataFolder
from shared.store.joined_vectors import JoinedVectors
from shared.store.metadata import MetadataStore

log = logging.getLogger(__name__)

_FIRST_DELAY_SECONDS = 1.0
_LONGEST_DELAY_SECONDS = 60.0

Ask = Callable[[Request], Awaitable[Any]]


class Seeds:
    """The seeds of the settings with their vectors, as far as these are known."""

    def __init__(
        self,
        texts: tuple[str, ...],
        data: DataFolder,
        vectors: JoinedVectors,
        metadata: MetadataStore,
        ask: Ask,
        *,
        only_reads: bool = False,
    ) -> None:
        self.names = tuple(dict.fromkeys(seed_name(text) for text in texts if text.strip()))
        self._data, self._vectors, self._metadata, self._ask = data, vectors, metadata, ask
        self._only_reads = only_reads
        self._path = data.path("state", "ranker", f"seeds-{vectors.alias}.json")
        self._known: dict[str, list[float]] = {}
        self._hopeless: set[str] = set()
        self._is_patient = False

    @property
    def complete(self) -> bool:
        """Whether nothing is to be gained by asking again."""
        return not self._wanted()

    def pool(self, dimension: int) -> Pool:
        """The seeds whose vectors are known."""
        self._known = self._known or read_seeds(self._path)
        usable = [name for name in self.names if len(self._known.get(name, ())) == dimension]
        if not usable:
            return empty_pool(dimension)
        matrix = np.array([self._known[name] for name in usable], dtype=np.float32)
        return Pool(tuple(usable), matrix, np.ones(len(usable)))

    async def complete_them(self) -> None:
        """Ask for the vectors that are not known yet. What fails for now is tried again at the next call."""
        self._known = self._known or read_seeds(self._path)
        for name in self._wanted():
            try:
                self._known[name] = (await self._vector(name)).tolist()
                self._keep()
            except RequestFailed as error:
                self._fail(name, error)

    async def keep_asking(self) -> None:
        """Ask until all vectors are known, with growing delays: the embedder may still be starting, arXiv be away."""
        delay_seconds = _FIRST_DELAY_SECONDS
        while not self.complete:
            try:
                await self.complete_them()
            except Exception as error:
                log.warning("Could not look for the seeds' vectors: %s", error, extra={"action": "seed_failed"})
            await asyncio.sleep(delay_seconds)
            delay_seconds = min(2 * delay_seconds, _LONGEST_DELAY_SECONDS)
            self._is_patient = delay_seconds == _LONGEST_DELAY_SECONDS  # until then the embedder may just be starting

    def _keep(self) -> None:
        if not self._only_reads:
            self._data.write_text(self._path, json.dumps(self._known) + "\n")

    def _wanted(self) -> list[str]:
        return [name for name in self.names if name not in self._known and name not in self._hopeless]

    async def _vector(self, name: str) -> Matrix:
        if not is_paper(name):
            return await self._encoded(name, "query")
        stored = self._vectors.get([name])
        return stored.matrix[0] if stored.ids else await self._encoded(await self._text_of(name), "passage")

    async def _text_of(self, paper_id: str) -> str:
        paper = self._metadata.get([paper_id]).get(paper_id)
        if paper is None:
            reply = await self._ask(Lookup(paper_ids=(paper_id,)))
            paper = self._metadata.get([paper_id]).get(paper_id)
            if paper is None:
                why = reply.missing.get(paper_id, "it is not stored")
                raise RequestFailed(f"{paper_id}: {why}", code="not_found", retryable=False)
        return paper.text

    async def _encoded(self, text: str, kind: str) -> Matrix:
        reply: EncodeReply = await self._ask(Encode.model_validate({"texts": (text,), "kind": kind}))
        return np.array(reply.vectors[0], dtype=np.float32)

    def _fail(self, name: str, error: RequestFailed) -> None:
        if not error.retryable:
            self._hopeless.add(name)
        problem = f"The seed {name!r} has no vector {'yet' if error.retryable else 'and is left out'}: {error}"
        is_news = not error.retryable or self._is_patient
        log.log(logging.WARNING if is_news else logging.DEBUG, problem, extra={"action": "seed_failed"})


def seed_name(text: str) -> str:
    """An arXiv id in its plain spelling, or the sentence itself."""
    try:
        return parse_paper_id(text)
    except ValueError:
        return " ".join(text.split())


def is_paper(name: str) -> bool:
    """Whether a seed's name is an arXiv id."""
    try:
        return bool(parse_paper_id(name))
    except ValueError:
        return False


def read_seeds(path: Path) -> dict[str, list[float]]:
    """The vectors that were kept; none where the file cannot be read: they are asked for again."""
    try:
        content = json.loads(path.read_text("utf-8"))
        return {str(name): [float(item) for item in vector] for name, vector in content.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
