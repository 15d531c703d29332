"""Links of a paper: a few dozen candidates, what is known of them, and what a model says in one or two questions."""

from collections.abc import Sequence

from services.summarizer.links.candidates import Candidate, CandidateFinder
from services.summarizer.links.citations import CitationFinder
from services.summarizer.links.field_vectors import FIELDS, texts_of_fields
from services.summarizer.links.indexed_papers import IndexedPapers
from services.summarizer.links.judging import RelationJudge
from services.summarizer.links.known_links import citation_links, similarity_links
from services.summarizer.links.neighbour_index import NeighbourIndex
from services.summarizer.links.qdrant_storage import Point, VectorName
from services.summarizer.llm.asking import AskContext
from services.summarizer.settings import SummarizerSettings
from services.summarizer.state import State
from services.summarizer.vectors import Encoder, Matrix
from shared.store.papers.links import Link


class Linker:
    """Finds links; a paper enters the index before it asks, so of two papers read at once one sees the other."""

    def __init__(
        self,
        settings: SummarizerSettings,
        index: NeighbourIndex,
        papers: IndexedPapers,
        encoder: Encoder,
        citations: CitationFinder,
        candidates: CandidateFinder,
        judge: RelationJudge,
    ) -> None:
        self._settings = settings
        self._index = index
        self._papers = papers
        self._encoder = encoder
        self._citations = citations
        self._candidates = candidates
        self._judge = judge

    async def link(self, state: State) -> State:
        """Sets `links`. Raises TemporaryFailure while Qdrant cannot be used; a model or embedder may be away."""
        paper, tags, fields = state["paper"], state["tags"], state.get("fields") or ()
        vectors = await self._indexed(state)
        has_model = self._judge.has_model
        cited = await self._citations.citations(paper.paper_id, state.get("references", ()), look_up=has_model)
        limit = max(self._settings.link_candidates, self._settings.neighbours)
        candidates = await self._candidates.find(paper, tags, vectors, cited, limit)
        asked = candidates[: self._settings.link_candidates]
        judged = await self._judge.relations(paper, fields, asked, _context(state))
        most, least = self._settings.neighbours, self._settings.neighbour_similarity
        similar = similarity_links(paper, fields, _others(candidates, judged), least, most)
        return {"links": (*citation_links(paper, cited), *judged, *similar)}

    async def _indexed(self, state: State) -> dict[VectorName, Matrix]:
        """The paper's vectors, which are in the index then."""
        paper = state["paper"]
        own = await self._papers.vector(paper.paper_id)
        if own is None:
            return {}
        texts = texts_of_fields(state.get("fields") or ())
        known = await self._papers.encode(self._encoder, list(texts.values())) if texts else {}
        fields = {name: known[text] for name, text in texts.items() if text in known} if known else {}
        stamp = self._papers.stamp({name: texts[name] for name in fields})
        await self._index.put([Point(paper.paper_id, own, paper.title, state["tags"], fields, stamp)])
        named: dict[VectorName, Matrix] = {"abstract": own}
        for name in FIELDS:
            if name in fields:
                named[name] = fields[name]
        return named


def _others(candidates: Sequence[Candidate], judged: Sequence[Link]) -> list[Candidate]:
    """The candidates of which nothing else is known than that they may be similar."""
    known = {link.other_id for link in judged}
    return [one for one in candidates if one.paper_id not in known and not one.is_cited]


def _context(state: State) -> AskContext:
    event, paper_id = state.get("event"), state["paper_id"]
    if event is None:
        return AskContext("link", paper_id)
    return AskContext("link", paper_id, event.run_id, event.event_id, event.user)
