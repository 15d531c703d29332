"""Follows meet the papers that arrive."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.ranker.following.arriving_papers import FollowsOfPapers
from services.ranker.following.follow_queries import filters_of_follow
from services.ranker.search.index.memory_index import MemoryIndex
from shared.contracts import FollowKind
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.follows import Follow, FollowStore
from shared.store.tagging.tag_index import TagIndex
from shared.store.tagging.tags import Tag, TagStore
from tests.unit.ranker.search.house import a_paper

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
PAPERS = {
    paper.paper_id: paper
    for paper in (
        a_paper(1, "Pruning graph networks", authors=("Ada M. Lovelace", "Alan Turing"), categories=("cs.LG",)),
        a_paper(2, "Networks of graphs", "GNNs are pruned.", authors=("José Müller",), categories=("math.CO",)),
        a_paper(3, "Tides", authors=("Li Ada", "Lovelace Wu"), categories=("astro-ph.EP", "cs.LG")),
    )
}
GNN = Tag(slug="gnn", label="Graph neural networks", aliases=("GNNs",), status="canonical", made_at=NOON)
TAGS = TagIndex(tags={"gnn": GNN})


def follow(kind: FollowKind, value: str, user: str = "me") -> Follow:
    return Follow(user=user, kind=kind, value=value, at=NOON)


@pytest.fixture(scope="module")
def arriving() -> MemoryIndex:
    papers = MemoryIndex()
    papers.add(PAPERS.values())
    return papers


@pytest.mark.parametrize(
    ("kind", "value", "numbers"),
    [
        ("author", "Ada Lovelace", {1}),
        ("author", "muller, jose", {2}),
        ("author", "Ada", {1, 3}),
        ("author", '" OR *', set()),
        ("phrase", "graph network", {1}),
        ("phrase", "Ada", set()),
        ("category", "cs.lg", {1, 3}),
        ("category", "cs", {1, 3}),
        ("category", "no such", set()),
        ("tag", "gnn", {2}),
        ("tag", "tides", {3}),
        ("search", "prune graphs", {1, 2}),
        ("search", "prune graphs -cat:math", {1}),
        ("search", 'cat:cs.LG author:"Wu"', {3}),
        ("search", "-graphs", set()),
        ("search", "\x00 ~", set()),
    ],
)
def test_a_follow_matches_what_is_meant(arriving: MemoryIndex, kind: FollowKind, value: str, numbers: set[int]) -> None:
    filters = filters_of_follow(follow(kind, value), TAGS)
    found = arriving.passing(filters) if filters else frozenset[str]()
    assert {int(paper_id[-1]) for paper_id in found} == numbers


def test_each_user_has_their_own_and_a_paper_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = DataFolder(tmp_path, 0)
    metadata, follows = MetadataStore(data), FollowStore(data)
    metadata.put(PAPERS.values())
    for one in (follow("category", "cs.LG"), follow("phrase", "unheard of"), follow("phrase", "tides", "you")):
        follows.put(one)
    seconds = [0.0]
    of_papers = FollowsOfPapers(follows, TagStore(data), metadata, lambda: seconds[0])
    mine = of_papers.matched("me", list(PAPERS))
    read = metadata.get
    monkeypatch.setattr(metadata, "get", lambda ids: pytest.fail("the papers are read again"))
    yours = of_papers.matched("you", list(PAPERS)[1:])
    assert [(match.follow.value, len(match.paper_ids)) for match in mine + yours] == [("cs.LG", 2), ("tides", 1)]
    assert of_papers.matched("you", list(PAPERS)[:2]) == []
    assert of_papers.matched("nobody", list(PAPERS)) == []
    monkeypatch.setattr(metadata, "get", read)
    metadata.put([replace(PAPERS["2610.00002"], title="High tides")])
    assert len(of_papers.matched("you", list(PAPERS))[0].paper_ids) == 1
    seconds[0] = 601.0
    assert len(of_papers.matched("you", list(PAPERS))[0].paper_ids) == 2
