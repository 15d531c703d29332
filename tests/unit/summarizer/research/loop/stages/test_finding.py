"""Passages for several queries."""

from services.summarizer.research.loop.question import FoundChunk
from services.summarizer.research.loop.stages.finding import find, fused, merged
from services.summarizer.research.tracing.trace import ReplayedTrace


def chunk(name: str, score: float = 0.0) -> FoundChunk:
    return FoundChunk(chunk_id=name, paper_id="2610.00001", version=1, text=name, score=score)


A, B, C = map(chunk, "abc")


def test_what_several_queries_find_comes_first() -> None:
    assert [each.chunk_id for each in fused([[A, B], [C, B]], [1.0, 1.0])] == ["b", "a", "c"]
    assert fused([], []) == ()
    assert [each.chunk_id for each in fused([[A], [C, B], [C, B]], [1.0, 0.4, 0.4])] == ["a", "c", "b"]


def test_a_second_round_joins_the_first() -> None:
    assert [each.chunk_id for each in merged([chunk("a", 0.3)], [chunk("b", 0.5), chunk("a", 0.1)])] == ["b", "a"]


async def test_a_query_that_was_put_already_is_read_from_the_trace() -> None:
    async def never(query: str) -> list[FoundChunk]:
        raise AssertionError(query)

    trace = ReplayedTrace("t", [{"step": "retrieved", "key": "1:1", "hits": [A.model_dump(mode="json")]}])
    assert [each.chunk_id for each in await find(["q"], never, trace)] == ["a"]
