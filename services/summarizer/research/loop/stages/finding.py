"""Passages for several queries: each query's hits are written down, then fused by reciprocal ranks.

Fusion: Cormack, Clarke & Büttcher, SIGIR 2009, https://doi.org/10.1145/1571941.1572114.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from services.summarizer.research.loop.ports import Passages
from services.summarizer.research.loop.question import FoundChunk
from services.summarizer.research.tracing.trace import Facts, Trace
from shared.contracts import Corpus

HITS_A_QUERY = 15
MOST_CANDIDATES = 30
_CONSTANT = 60


Search = Callable[[str], Awaitable[Sequence[FoundChunk]]]


async def find(queries: Sequence[str], search: Search, trace: Trace, asked: str = "1") -> tuple[FoundChunk, ...]:
    """The chunks that fit the queries best, the best first; `asked` names the round in the trace.

    The first query is the question itself: a model's queries, which may be poor, count as much as it all together.
    """
    lists = []
    for number, query in enumerate(queries, start=1):
        facts = await trace.once("retrieved", f"{asked}:{number}", partial(_hits, query, search))
        lists.append([FoundChunk.model_validate(hit) for hit in facts["hits"]])
    others = max(1, len(lists) - 1)
    return fused(lists, [1.0, *[1 / others] * others])


def fused(lists: Sequence[Sequence[FoundChunk]], weights: Sequence[float]) -> tuple[FoundChunk, ...]:
    """By the sum of weight / (60 + rank) over the lists that have a chunk."""
    scores: defaultdict[str, float] = defaultdict(float)
    chunks: dict[str, FoundChunk] = {}
    for hits, weight in zip(lists, weights, strict=False):
        for rank, hit in enumerate(hits, start=1):
            scores[hit.chunk_id] += weight / (_CONSTANT + rank)
            chunks.setdefault(hit.chunk_id, hit)
    order = sorted(chunks, key=lambda chunk_id: -scores[chunk_id])[:MOST_CANDIDATES]
    return tuple(chunks[chunk_id].model_copy(update={"score": scores[chunk_id]}) for chunk_id in order)


def merged(older: Sequence[FoundChunk], newer: Sequence[FoundChunk]) -> tuple[FoundChunk, ...]:
    """The chunks of two rounds, each once, by their scores."""
    chunks: dict[str, FoundChunk] = {chunk.chunk_id: chunk for chunk in [*newer, *older]}
    return tuple(sorted(chunks.values(), key=lambda chunk: -chunk.score))


def by_id(chunks: Sequence[FoundChunk]) -> Mapping[str, FoundChunk]:
    return {chunk.chunk_id: chunk for chunk in chunks}


async def find_in(passages: Passages, corpus: Corpus, user: str, query: str) -> Sequence[FoundChunk]:
    """The chunks of a corpus that fit a query."""
    resolved = await passages.resolve(corpus, user)
    return [FoundChunk.of(hit.chunk, hit.score) for hit in await passages.find(query, resolved, HITS_A_QUERY)]


async def _hits(query: str, search: Search) -> Facts:
    hits = [hit.model_dump(mode="json") for hit in await search(query)]
    return {"query": query, "hits": hits, "embedding_calls": 1}
