"""Papers that the cited passages refer to."""

from services.summarizer.research.answers.discoveries import discoveries_in
from services.summarizer.research.loop.question import FoundChunk
from shared.store.papers.documents import Reference
from tests.unit.summarizer.research.answers.test_relevance import evidence

REFERENCES = (
    Reference(key="new", text="A. Author. Tournament trees. arXiv:1901.00001.", arxiv_id="1901.00001v2"),
    Reference(key="kept", text="B. Author. Kept.", arxiv_id="1902.00001"),
    Reference(key="book", text="C. Author. A book on tournament trees."),
    Reference(key="far", text="D. Author. Elsewhere.", arxiv_id="1903.00001"),
)
CITED = evidence("A tree holds runs [@new; @kept].").model_copy(update={"raw": "A tree holds runs [@new; @kept]."})
CHUNK = FoundChunk(chunk_id="c", paper_id="2610.00001", version=1, text="A tree holds runs [@new; @kept]. See [@book].")


def test_what_is_cited_beside_the_answer_and_not_kept_is_discovered() -> None:
    found = discoveries_in("Which tournament trees?", [CITED], {"c": CHUNK}, {"2610.00001": REFERENCES}, {"1902.00001"})
    assert [each.paper_id for each in found] == ["1901.00001", None]
    assert found[0].cited_by == ("2610.00001",)
    assert "book on tournament trees" in found[1].title


def test_without_references_nothing_is_discovered() -> None:
    assert discoveries_in("Which trees?", [CITED], {}, {}, set()) == ()
