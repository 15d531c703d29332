"""Papers that the cited passages refer to."""

from services.summarizer.research.answers.discoveries import discoveries_in, harvested
from services.summarizer.research.loop.question import FoundChunk
from shared.contracts import Discovery
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


def test_a_work_without_an_arxiv_id_is_told_with_its_doi_where_the_sentence_itself_refers_to_it() -> None:
    references = (
        Reference(key="here", text="A. Author. Heaps of cheap memory. 1999.", doi="10.1145/1571941.1572114"),
        Reference(key="beside", text="B. Author. Whales in winter. 2001.", doi="10.1000/whales"),
        Reference(key="odd", text="C. Author. Heaps and odd addresses. 2002.", doi="javascript:alert(1)"),
        Reference(key="preprint", text="D. Author. Heaps as preprints.", doi="10.48550/arXiv.1904.00002"),
    )
    cited = CITED.model_copy(update={"raw": "A tree holds runs [@here; @odd]."})
    chunk = CHUNK.model_copy(update={"text": "A tree holds runs [@here; @odd]. See [@beside; @preprint]."})
    found = discoveries_in("Which tournament trees?", [cited], {"c": chunk}, {"2610.00001": references}, set())
    assert [(each.paper_id, each.doi) for each in found] == [
        ("1904.00002", "10.48550/arXiv.1904.00002"), (None, "10.1145/1571941.1572114"), (None, ""),
    ]  # fmt: skip


def test_a_work_without_an_id_is_the_harvested_paper_whose_title_it_has() -> None:
    met = Discovery(title="A. Author. A book on tournament trees, part II. 1999.")
    titles = {
        "1905.00001": "Trees",
        "1905.00002": "Other books on tournament trees",
        "1905.00003": "A Book on Tournament Trees",
    }
    assert harvested(met, titles).paper_id == "1905.00003"
    assert harvested(met, {"1905.00001": "Trees"}) == met


def test_what_is_no_doi_is_left_out_whoever_says_it() -> None:
    assert Discovery(title="A book", doi="javascript:alert(1)").doi == ""
    assert Discovery(title="A book", doi="10.1145/1571941.1572114").doi == "10.1145/1571941.1572114"
