"""What the loop needs around it: passages of a corpus, and titles and documents of papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.contracts import Corpus
from shared.store.papers.documents import Reference


class ChunkLike(Protocol):
    """A section of a paper, or a part of a long one; `start` and `end` count characters of `document.md`."""

    @property
    def chunk_id(self) -> str: ...
    @property
    def paper_id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def titles(self) -> tuple[str, ...]: ...
    @property
    def text(self) -> str: ...
    @property
    def page(self) -> int | None: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def chunker(self) -> str: ...
    @property
    def position(self) -> int: ...


class HitLike(Protocol):
    """A chunk that fits a query, the better the higher its score."""

    @property
    def chunk(self) -> Any: ...
    @property
    def score(self) -> float: ...


@dataclass(frozen=True)
class CorpusFacts:
    """What a corpus holds: its papers (None: all that was harvested), and those that are not in it, or not ready."""

    paper_ids: frozenset[str] | None
    missing: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


class Passages(Protocol):
    """The search in chunks. A resolved corpus is what `resolve` returned, whatever that is."""

    async def resolve(self, corpus: Corpus, user: str) -> Any: ...

    def facts(self, corpus: Any) -> CorpusFacts:
        """What a resolved corpus holds."""

    async def find(self, query: str, corpus: Any, limit: int) -> Sequence[HitLike]: ...

    async def neighbours(self, chunk: Any, around: int = 1) -> Sequence[ChunkLike]: ...

    async def section(self, chunk: Any) -> Sequence[ChunkLike]:
        """All chunks of the section that a chunk is of, in reading order."""


class Papers(Protocol):
    """What is stored of papers; asked in a thread."""

    def titles(self, paper_ids: Sequence[str], user: str) -> Mapping[str, str]: ...

    def authors(self, paper_id: str) -> str:
        """Their names in one line; empty where they are not known."""

    def text(self, paper_id: str, version: int, *, abstract: bool) -> str:
        """The version's `document.md`, or the abstract; empty where it is not there."""

    def references(self, paper_id: str, version: int) -> tuple[Reference, ...]: ...
