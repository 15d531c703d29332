"""Links between papers: what a paper cites, as its references say, and what it is similar to among those read."""

import asyncio
from collections.abc import Sequence

from services.summarizer.links.neighbour_index import Neighbour, NeighbourIndex, Point
from services.summarizer.settings import SummarizerSettings
from services.summarizer.state import State
from services.summarizer.text.passages import one_line
from shared.paper_ids import parse_paper_id
from shared.store.links import Link
from shared.store.papers.documents import Reference
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.embeddings import VectorStore

_LONGEST_EVIDENCE = 300


class Linker:
    """Finds links; a paper enters the index before it asks, so of two papers read at once one sees the other."""

    def __init__(
        self, settings: SummarizerSettings, index: NeighbourIndex, vectors: VectorStore, metadata: MetadataStore
    ) -> None:
        self._settings = settings
        self._index = index
        self._vectors = vectors
        self._metadata = metadata

    async def link(self, state: State) -> State:
        """Sets `links`; those by similarity need a vector of the paper."""
        paper_id = state["paper_id"]
        cited = await asyncio.to_thread(self._citations, paper_id, state.get("references", ()))
        near = await self._near(state)
        cited_ids = {link.other_id for link in cited}
        similar = similarity_links(paper_id, state["tags"], near, self._settings.neighbour_similarity)
        return {"links": (*cited, *(link for link in similar if link.other_id not in cited_ids))}

    async def _near(self, state: State) -> list[Neighbour]:
        vectors = await asyncio.to_thread(self._vectors.get, [state["paper_id"]])
        if not vectors.ids or not self._settings.neighbours:
            return []
        point = Point(state["paper_id"], vectors.matrix[0], state["paper"].title, state["tags"])
        await self._index.put([point])
        return await self._index.nearest(point.vector, self._settings.neighbours, without=state["paper_id"])

    def _citations(self, paper_id: str, references: Sequence[Reference]) -> list[Link]:
        cited = cited_papers(references)
        stored = self._metadata.get(cited)
        return [
            Link(paper_id=paper_id, other_id=other, type="cites", score=1.0, evidence=cited[other])
            for other in stored
            if other != paper_id
        ]


def cited_papers(references: Sequence[Reference]) -> dict[str, str]:
    """The arXiv papers among references, each with the words of its reference; what is no id is left out."""
    cited: dict[str, str] = {}
    for reference in references:
        try:
            paper_id = parse_paper_id(reference.arxiv_id or "")
        except ValueError:
            continue
        cited.setdefault(paper_id, one_line(reference.text)[:_LONGEST_EVIDENCE])
    return cited


def similarity_links(paper_id: str, tags: Sequence[str], near: Sequence[Neighbour], least: float) -> list[Link]:
    """A link to each neighbour at `least` as near (cosine), with what speaks for it."""
    links = []
    for other in near:
        if other.score >= least:
            common = [tag for tag in tags if tag in other.tags]
            evidence = f"similarity {other.score:.2f} of title and abstract"
            evidence += f"; shared tags: {', '.join(common)}" if common else ""
            score = round(min(1.0, other.score), 4)
            links.append(
                Link(paper_id=paper_id, other_id=other.paper_id, type="similar", score=score, evidence=evidence)
            )
    return links
