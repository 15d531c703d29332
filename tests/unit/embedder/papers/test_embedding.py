"""Which papers need a vector, and what became of them with several models."""

import pytest

from services.embedder.papers.embedding import EmbeddingOutcome, combined, plan_embedding
from services.embedder.papers.text import hash_of, text_of
from tests.support.papers.embedder import paper

PAPER = paper("2401.00001")
HASH = hash_of(text_of(PAPER))


@pytest.mark.parametrize(
    ("stored_hash", "force", "is_current"),
    [(None, False, False), (HASH, False, True), (HASH, True, False), ("another", False, False)],
)
def test_a_paper_is_embedded_unless_its_present_text_has_a_vector(
    stored_hash: str | None, force: bool, is_current: bool
) -> None:
    hashes = {PAPER.paper_id: stored_hash} if stored_hash else {}
    decided = plan_embedding([PAPER], hashes, force=force)
    assert [draft.paper_id for draft in decided.drafts] == ([] if is_current else [PAPER.paper_id])
    assert decided.current == ((PAPER.paper_id,) if is_current else ())


def test_a_paper_without_text_is_neither_embedded_nor_current() -> None:
    decided = plan_embedding([paper("2401.00002", title="", abstract="...")], {}, force=True)
    assert (decided.drafts, decided.current, decided.empty) == ((), (), ("2401.00002",))


def test_with_several_models_a_paper_is_done_when_all_have_it() -> None:
    first = EmbeddingOutcome(("a", "b", "c"), 3, {})
    second = EmbeddingOutcome(("c", "a"), 1, {"b": "too long"})
    assert combined([first]) == first
    assert combined([first, second]) == EmbeddingOutcome(("a", "c"), 3, {"b": "too long"})
