"""The few dozen candidates of a paper."""

from pathlib import Path

from services.summarizer.links.candidates import CandidateFinder, TagPapers
from services.summarizer.links.citations import Citation
from shared.contracts import FeedbackLabel, PapersSelected
from shared.store.papers.links import Link
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import MadeBy, Summary
from shared.store.people.preferences import ratings_of
from tests.support.papers.summarizer import OTHER_ID, PAPER_ID, WHEN, Room, paper, room, vector_of

FAR = paper("2610.00007", "Black holes and light", "Light bends near heavy stars, and black holes swallow it for ever.")


def finder(here: Room) -> CandidateFinder:
    return CandidateFinder(here.index, here.summaries, here.metadata, here.vectors, here.links, here.ratings)


def summary(paper_id: str, *tags: str) -> Summary:
    made_by = MadeBy(event_id="e", model="extractive")
    return Summary(paper_id=paper_id, version=1, mode="extractive", tags=tags, made_at=WHEN, made_by=made_by)


async def test_candidates_come_from_neighbours_citations_and_likes_and_the_related_come_first(tmp_path: Path) -> None:
    near, cited, citing = (paper(f"2610.0001{n}") for n in range(3))
    async with room(tmp_path) as here:
        here.hold(near, cited, citing, FAR, paper())
        await here.bus.deliver(PapersSelected(paper_ids=(near.paper_id,)))
        here.links.put(citing.paper_id, [Link(paper_id=citing.paper_id, other_id=PAPER_ID, type="cites")])
        like = FeedbackLabel(paper_ids=(FAR.paper_id,), label="like", source="reader", occurred_at=WHEN)
        here.ratings.append(ratings_of(like))
        citations = [Citation(cited.paper_id, "[1]", cited), Citation("1901.00001", "[2]", None)]
        vectors = {"abstract": vector_of(paper().text)}
        found = await finder(here).find(paper(), (), vectors, citations, 10)  # type: ignore[arg-type]
        some = await finder(here).find(paper(), (), vectors, citations, 2)  # type: ignore[arg-type]
    by_id = {one.paper_id: one for one in found}
    assert set(by_id) == {near.paper_id, cited.paper_id, citing.paper_id, FAR.paper_id}
    assert by_id[near.paper_id].cosines["abstract"] > 0.9
    assert by_id[cited.paper_id].is_cited
    assert by_id[citing.paper_id].cites_this
    assert by_id[FAR.paper_id].is_liked
    assert found[-1].paper_id == FAR.paper_id
    assert len(some) == 2


async def test_a_paper_without_vectors_has_candidates_by_its_tags_and_citations(tmp_path: Path) -> None:
    other: Paper = paper(OTHER_ID)
    async with room(tmp_path) as here:
        here.metadata.put([other])
        here.summaries.put(summary(OTHER_ID, "merge-trees"))
        found = await finder(here).find(paper(), ("merge-trees", "sorting"), {}, (), 10)
    assert [(one.paper_id, one.shared_tags) for one in found] == [(OTHER_ID, ("merge-trees",))]


def test_a_rare_tag_weighs_more_than_a_common_one_and_one_of_most_papers_nothing() -> None:
    everywhere = [summary(f"2610.1{n:04}", "everywhere") for n in range(100)]
    few = [summary(f"2610.2{n:04}", "everywhere", "common") for n in range(9)]
    rare = summary("2610.30001", "rare", "everywhere")
    tagged = TagPapers.of([*everywhere, *few, rare])
    shared = tagged.sharing(("everywhere", "common", "rare"), "2610.20000")
    assert next(iter(shared)) == "2610.30001"
    assert set(shared) == {rare.paper_id, *(one.paper_id for one in few[1:])}
