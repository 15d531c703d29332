"""Links that are known without a model."""

from services.summarizer.links.candidates import Candidate
from services.summarizer.links.citations import Citation
from services.summarizer.links.known_links import citation_links, similarity_links
from services.summarizer.links.qdrant_storage import VectorName
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary
from tests.support.papers.summarizer import OTHER_ID, WHEN, paper

OTHER = paper(OTHER_ID, "Sorting on tapes", "Tapes are cheap. We merge runs of sorted records in memory, on tapes.")


def fields(problem: str = "Disks are slow.", method: str = "We merge runs.") -> tuple[FieldValue, ...]:
    texts = {"problem": problem, "method": method}
    return tuple(
        FieldValue(name=name, claims=(Claim(text=text, quotes=(Quote(text=text, section=name),)),))
        for name, text in texts.items()
    )


def candidate(cosines: dict[VectorName, float], *, read: bool = True, liked: bool = False) -> Candidate:
    made_by = MadeBy(event_id="e", model="extractive")
    theirs = fields("Tapes are slow.", "We merge tapes.")
    summary = Summary(paper_id=OTHER_ID, version=1, mode="extractive", fields=theirs, made_at=WHEN, made_by=made_by)
    return Candidate(OTHER, summary if read else None, cosines, ("sorting",), is_liked=liked)


def test_papers_near_by_problem_and_by_method_are_said_to_be_so_with_a_sentence_of_both() -> None:
    near = candidate({"abstract": 0.9, "problem": 0.8, "method": 0.7})
    links = similarity_links(paper(), fields(), [near], 0.45, 8)
    assert [(link.type, link.score) for link in links] == [("similar_problem", 0.8), ("similar_method", 0.7)]
    assert links[0].quote == Quote(text="Disks are slow.", section="problem")
    assert links[0].other_quote == Quote(text="Tapes are slow.", section="problem")
    assert "shared tags: sorting" in links[0].evidence


def test_a_paper_near_only_as_a_whole_is_similar_with_the_sentences_that_share_most() -> None:
    (link,) = similarity_links(paper(), fields(), [candidate({"abstract": 0.6, "problem": 0.2}, liked=True)], 0.45, 8)
    assert link.type == "similar"
    assert link.quote is not None
    assert "merge trees that keep their runs in memory" in link.quote.text
    assert link.other_quote == Quote(text="We merge runs of sorted records in memory, on tapes.", section="Abstract")
    assert link.evidence.endswith("you liked it")


def test_without_a_summary_of_the_other_paper_only_the_whole_can_be_near() -> None:
    links = similarity_links(paper(), fields(), [candidate({"abstract": 0.6, "problem": 0.9}, read=False)], 0.45, 8)
    assert [link.type for link in links] == ["similar"]


def test_far_papers_are_not_linked_and_near_ones_up_to_the_limit() -> None:
    far, near = candidate({"abstract": 0.3}), candidate({"abstract": 0.6})
    assert similarity_links(paper(), fields(), [far], 0.45, 8) == []
    assert similarity_links(paper(), fields(), [near], 0.45, 0) == []


def test_a_citation_is_certain_and_shows_its_entry_and_what_the_cited_paper_says_of_the_subject() -> None:
    known = Citation(OTHER_ID, "B. Author. Sorting on tapes.", OTHER)
    unknown = Citation("1901.00001", "C. Author. Never harvested.", None)
    first, second = citation_links(paper(), [known, unknown])
    assert (first.type, first.confidence, first.evidence) == ("cites", 1.0, "B. Author. Sorting on tapes.")
    assert first.other_quote == Quote(text="We merge runs of sorted records in memory, on tapes.", section="Abstract")
    assert second.other_quote is None
