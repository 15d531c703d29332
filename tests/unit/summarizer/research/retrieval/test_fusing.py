"""Rankings as one."""

from services.summarizer.research.retrieval.abstracts import ComparedAbstract
from services.summarizer.research.retrieval.fusing import fused, with_abstracts
from services.summarizer.research.retrieval.passage_words import ScoredChunk
from shared.store.research.chunks import Chunk

WORDS = [ScoredChunk("a", 10.0), ScoredChunk("b", 9.0), ScoredChunk("c", 1.0)]
VECTORS = [ScoredChunk("b", 0.8), ScoredChunk("d", 0.75), ScoredChunk("e", 0.2)]


def test_what_both_rankings_have_comes_before_what_one_has() -> None:
    hits = fused(WORDS, VECTORS)
    assert [hit.chunk_id for hit in hits] == ["b", "a", "d", "c", "e"]
    assert (hits[0].word_rank, hits[0].vector_rank) == (2, 1)
    assert (hits[1].word_rank, hits[1].vector_rank) == (1, None)
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_one_ranking_alone_keeps_its_order() -> None:
    assert [hit.chunk_id for hit in fused(WORDS, [])] == ["a", "b", "c"]
    assert [hit.chunk_id for hit in fused([], VECTORS)] == ["b", "d", "e"]
    assert fused([], []) == []


def test_equal_scores_are_ordered_by_id() -> None:
    assert [hit.chunk_id for hit in fused([ScoredChunk("z", 1.0), ScoredChunk("y", 1.0)], [])] == ["y", "z"]


def test_abstracts_compete_with_chunks_by_cosine_and_by_the_share_of_words() -> None:
    near = ComparedAbstract(chunk_of("near"), 0.78, 0.0)
    far = ComparedAbstract(chunk_of("far"), 0.1, 0.2)
    by_words, by_vectors = with_abstracts(WORDS, VECTORS, [far, near])
    assert [hit.chunk_id for hit in by_words] == ["a", "b", "far", "c"]
    assert [hit.chunk_id for hit in by_vectors] == ["b", "near", "d", "e", "far"]


def chunk_of(name: str) -> Chunk:
    return Chunk(chunk_id=name, paper_id=name, version=1, chunker="x", position=0, text=name, start=0, end=len(name))
