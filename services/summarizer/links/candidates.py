"""The few dozen papers that may be worth a link, whatever the size of the library."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.summarizer.links.citations import Citation
from services.summarizer.links.neighbour_index import Neighbour, NeighbourIndex
from services.summarizer.links.qdrant_storage import VectorName
from services.summarizer.relatedness.scoring import ScoredText, relatedness
from services.summarizer.relatedness.terms import Rarity, terms_of
from services.summarizer.vectors import Matrix
from shared.store.papers.links import LinkStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.vectors.embeddings import VectorStore

_NEAR = 16
_BY_TAGS = 8
_LIKED = 6
_CITED = 16
_NEWEST_LIKES = 2000
_COMMON_TAG_SHARE = 0.1


@dataclass
class Candidate:
    """A paper that may be worth a link, and what speaks for it; `cosines` by what was compared."""

    paper: Paper
    summary: Summary | None
    cosines: dict[VectorName, float] = field(default_factory=dict)
    shared_tags: tuple[str, ...] = ()
    is_cited: bool = False
    cites_this: bool = False
    is_liked: bool = False
    score: float = 0.0

    @property
    def paper_id(self) -> str:
        return self.paper.paper_id


class CandidateFinder:
    """Finds candidates among neighbours, papers that share rare tags, citations in both directions, and likes."""

    def __init__(
        self,
        index: NeighbourIndex,
        summaries: SummaryStore,
        metadata: MetadataStore,
        vectors: VectorStore,
        links: LinkStore,
        ratings: RatingStore,
        tag_papers: "Callable[[], TagPapers] | None" = None,
    ) -> None:
        """`tag_papers` says which papers have a tag, where that is not what all summaries say."""
        self._index = index
        self._summaries = summaries
        self._metadata = metadata
        self._vectors = vectors
        self._links = links
        self._ratings = ratings
        self._tag_papers = tag_papers or self._tag_papers_now
        self._tagged: tuple[str, TagPapers] = ("", TagPapers({}, 0))
        self._liked: tuple[str, list[str]] = ("", [])

    async def find(
        self,
        paper: Paper,
        tags: Sequence[str],
        vectors: Mapping[VectorName, Matrix],
        citations: Sequence[Citation],
        limit: int,
    ) -> list[Candidate]:
        """At most `limit` candidates, the most related first; those near by no vector where the paper has none."""
        near = await self._index.nearest_by(vectors, _NEAR, without=paper.paper_id) if vectors else {}
        return await asyncio.to_thread(self._ranked, paper, tags, vectors, citations, near, limit)

    def _ranked(
        self,
        paper: Paper,
        tags: Sequence[str],
        vectors: Mapping[VectorName, Matrix],
        citations: Sequence[Citation],
        near: Mapping[VectorName, Sequence[Neighbour]],
        limit: int,
    ) -> list[Candidate]:
        cosines: dict[str, dict[VectorName, float]] = {}
        for name, neighbours in near.items():
            for neighbour in neighbours:
                cosines.setdefault(neighbour.paper_id, {})[name] = neighbour.score
        by_tag = self._tag_papers().sharing(tags, paper.paper_id)
        cited = [citation.paper_id for citation in citations if citation.paper is not None]
        citing = [link.paper_id for link in self._links.of(paper.paper_id) if _cites(link.type, link.other_id, paper)]
        liked = self._near_likes(vectors.get("abstract"))
        cited_read = [other for other in cited if self._summaries.get(other) is not None]
        wanted = dict.fromkeys(
            [*cosines, *list(by_tag)[:_BY_TAGS], *liked, *cited_read[:_CITED], *cited[:_CITED], *citing[:_CITED]]
        )
        wanted.pop(paper.paper_id, None)
        papers, summaries = self._metadata.get(wanted), self._summaries.get_many(wanted)
        candidates = [
            Candidate(
                papers[other],
                summaries.get(other),
                cosines.get(other, {}),
                tuple(tag for tag in tags if other in summaries and tag in summaries[other].tags),
                other in cited,
                other in citing,
                other in liked,
            )
            for other in wanted
            if other in papers
        ]
        return rank(paper, candidates, self._known_vectors([paper.paper_id, *(one.paper_id for one in candidates)]))[
            :limit
        ]

    def _tag_papers_now(self) -> "TagPapers":
        stamp = self._summaries.fingerprint()
        if self._tagged[0] != stamp:
            self._tagged = (stamp, TagPapers.of(self._summaries.all()))
        return self._tagged[1]

    def _near_likes(self, vector: Matrix | None) -> list[str]:
        """The liked papers nearest to a vector (d); the newest likes where there is none."""
        stamp = self._ratings.fingerprint()
        if self._liked[0] != stamp:
            ratings = self._ratings.current()
            newest = [paper_id for paper_id, rating in ratings.items() if rating.label == "like"][-_NEWEST_LIKES:]
            self._liked = (stamp, newest[::-1])
        likes = self._liked[1]
        if vector is None or not likes:
            return likes[:_LIKED]
        known = self._vectors.get(likes)
        if not known.ids:
            return []
        best = np.argsort(-(known.matrix @ vector), kind="stable")[:_LIKED]
        return [known.ids[row] for row in best]

    def _known_vectors(self, paper_ids: Sequence[str]) -> dict[str, Matrix]:
        known = self._vectors.get(paper_ids)
        return dict(zip(known.ids, known.matrix, strict=True))


@dataclass(frozen=True)
class TagPapers:
    """Which papers have a tag."""

    papers: Mapping[str, Sequence[str]]
    count: int

    @classmethod
    def of(cls, summaries: Iterable[Summary]) -> "TagPapers":
        papers: dict[str, list[str]] = {}
        count = 0
        for summary in summaries:
            count += 1
            for tag in summary.tags:
                papers.setdefault(tag, []).append(summary.paper_id)
        return cls(papers, count)

    def sharing(self, tags: Sequence[str], without: str) -> dict[str, float]:
        """The papers that share tags, by what those weigh: rare tags much, those of a tenth of all papers nothing."""
        weights: dict[str, float] = {}
        for tag in tags:
            papers = self.papers.get(tag, ())
            if len(papers) <= max(20.0, _COMMON_TAG_SHARE * self.count):
                for paper_id in papers:
                    weights[paper_id] = weights.get(paper_id, 0.0) + 1.0 / (1 + len(papers))
        weights.pop(without, None)
        return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0])))


def rank(paper: Paper, candidates: Sequence[Candidate], vectors: Mapping[str, Matrix]) -> list[Candidate]:
    """The candidates with their score of relatedness, best first; vectors (d) by paper, where they are known."""
    own = _scored(paper, vectors)
    others = [_scored(candidate.paper, vectors) for candidate in candidates]
    values = relatedness(own, others, Rarity([own.terms, *(other.terms for other in others)]))
    for candidate, value in zip(candidates, values.tolist(), strict=True):
        candidate.score = value
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.paper_id))


def _scored(paper: Paper, vectors: Mapping[str, Matrix]) -> ScoredText:
    return ScoredText(terms_of(paper.title, paper.abstract), vectors.get(paper.paper_id))


def _cites(kind: str, other_id: str, paper: Paper) -> bool:
    return kind == "cites" and other_id == paper.paper_id
