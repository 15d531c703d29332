"""Tags: phrases of a paper, matched by spelling and meaning to the canonical index before a new tag is made."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from services.summarizer.settings import SummarizerSettings
from services.summarizer.state import State
from services.summarizer.tags.key_phrases import Phrase, candidates, most_relevant, papers_with
from services.summarizer.tags.seed_tags import seed_tags
from services.summarizer.vectors import Encoder, Matrix
from shared.contracts import now
from shared.paper_ids import month_of
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.tags import Tag, TagDecision, TagIndex, TagStore, new_slug

_MOST_PHRASES = 10
_CORPUS_PAPERS = 5000
_FEWEST_PAPERS, _PAPERS_A_PAPER = 2, 2000
_LEAST_CLOSENESS, _LEAST_TOPIC = 0.3, 0.45


Novelty = Literal["always", "where tags are few", "never"]


@dataclass(frozen=True)
class Proposal:
    """A phrase that may become a tag; `novelty` says when it may become a new tag. `vector` is a unit row (d)."""

    phrase: str
    novelty: Novelty
    vector: Matrix | None = None


@dataclass(frozen=True)
class Tagging:
    """The tags of a paper, and what is new about them for the index."""

    slugs: tuple[str, ...]
    new: tuple[Tag, ...] = ()
    decisions: tuple[TagDecision, ...] = ()


class Tagger:
    """One paper at a time decides about tags, so that two papers never make two tags of one phrase."""

    def __init__(self, settings: SummarizerSettings, tags: TagStore, metadata: MetadataStore, encoder: Encoder) -> None:
        self._settings = settings
        self._tags = tags
        self._metadata = metadata
        self._encoder = encoder
        self._vectors: dict[str, Matrix] = {}
        self._vectors_model: str | None = None
        self._deciding = asyncio.Lock()

    async def tag(self, state: State) -> State:
        """Sets `tags`, and stores what the index learns."""
        paper = state["paper"]
        phrases = state.get("phrases", ())
        proposals, topic = (await self._from_model(phrases), None) if phrases else await self._from_text(paper)
        async with self._deciding:
            index = await self._index()
            vectors = await self._tag_vectors(index, proposals)
            near = near_tags(topic, vectors)
            made = decide(paper, proposals, near, index, vectors, self._settings, now())
            await asyncio.to_thread(self._tags.add, made.new, made.decisions)
        return {"tags": made.slugs}

    async def _index(self) -> TagIndex:
        index = await asyncio.to_thread(self._tags.index)
        return index if index.tags else await asyncio.to_thread(self._tags.add, seed_tags(now()))

    async def _from_model(self, phrases: Sequence[str]) -> list[Proposal]:
        vectors = await self._encoder.encode(phrases)
        return [
            Proposal(phrase, "always", None if vectors is None else vectors[row]) for row, phrase in enumerate(phrases)
        ]

    async def _from_text(self, paper: Paper) -> tuple[list[Proposal], Matrix | None]:
        """Key phrases of title and abstract, and the paper's own vector (d).

        A phrase that other papers use too may become a tag; one of the title only where the paper has few tags.
        """
        phrases = candidates(paper.title, paper.abstract)
        shared = await asyncio.to_thread(self._shared_phrases, phrases, paper)
        vectors = await self._encoder.encode([*(phrase.text for phrase in phrases), paper.text])
        if vectors is None:
            return [Proposal(phrase.text, "never") for phrase in phrases[:_MOST_PHRASES]], None
        close = [row for row in range(len(phrases)) if float(vectors[row] @ vectors[-1]) >= _LEAST_CLOSENESS]
        rows = most_relevant([phrases[row] for row in close], vectors[close], vectors[-1], len(close))
        ordered = sorted((close[row] for row in rows), key=lambda row: phrases[row].text not in shared)
        proposals = [
            Proposal(phrases[row].text, _novelty_of(phrases[row].text, shared, paper.title), vectors[row])
            for row in ordered[:_MOST_PHRASES]
        ]
        return proposals, vectors[-1]

    def _shared_phrases(self, phrases: Sequence[Phrase], paper: Paper) -> set[str]:
        papers = self._metadata.month(month_of(paper.paper_id))[:_CORPUS_PAPERS]
        corpus = "\n".join(" ".join(other.text.split()).casefold() for other in papers)
        enough = max(_FEWEST_PAPERS, len(papers) // _PAPERS_A_PAPER + 1)
        named = [phrase.text for phrase in phrases if " " in phrase.text or phrase.text != phrase.text.casefold()]
        return {text for text in named if papers_with(text, corpus) >= enough}

    async def _tag_vectors(self, index: TagIndex, proposals: Sequence[Proposal]) -> Mapping[str, Matrix]:
        """Vectors of all tags, by slug; kept while the model stays the same, none where the embedder is away."""
        if all(proposal.vector is None for proposal in proposals):
            return {}
        if self._encoder.model != self._vectors_model:
            self._vectors, self._vectors_model = {}, self._encoder.model
        missing = [tag for slug, tag in index.tags.items() if slug not in self._vectors]
        vectors = await self._encoder.encode([tag.label for tag in missing])
        if vectors is not None:
            self._vectors.update({tag.slug: vectors[row] for row, tag in enumerate(missing)})
        return self._vectors


def decide(
    paper: Paper,
    proposals: Sequence[Proposal],
    near: Sequence[str],
    index: TagIndex,
    vectors: Mapping[str, Matrix],
    settings: SummarizerSettings,
    made_at: datetime,
) -> Tagging:
    """The tag of the paper's first category, then its phrases in order.

    Where that gives too few: its other categories, tags `near` to the paper as a whole, new tags from its title.
    """
    categories = [slug for category in _categories(paper) if (slug := index.slug_for(category))]
    slugs = dict.fromkeys(categories[:1])
    new: dict[str, Tag] = {}
    decisions: list[TagDecision] = []

    def match(allowed: tuple[Novelty, ...], enough: int) -> None:
        for proposal in proposals:
            if len(slugs) >= enough:
                return
            made = _match(proposal, proposal.novelty in allowed, index, vectors, new, settings, paper.paper_id, made_at)
            if made is not None and made.slug not in slugs:
                if made.how == "new":
                    new[made.slug] = Tag(slug=made.slug, label=made.phrase, made_by=paper.paper_id, made_at=made_at)
                slugs[made.slug] = None
                decisions.append(made)

    match(("always",), settings.most_tags)
    for slug in (*categories[1:], *near):
        if len(slugs) < settings.fewest_tags:
            slugs[slug] = None
    match(("always", "where tags are few"), settings.fewest_tags)
    return Tagging(tuple(slugs), tuple(new.values()), tuple(decisions))


def _match(
    proposal: Proposal,
    may_be_new: bool,
    index: TagIndex,
    vectors: Mapping[str, Matrix],
    new: Mapping[str, Tag],
    settings: SummarizerSettings,
    paper_id: str,
    made_at: datetime,
) -> TagDecision | None:
    """What a phrase means: a tag decided before, the nearest one by meaning, a new one, or nothing."""
    facts = {"phrase": proposal.phrase, "paper_id": paper_id, "made_at": made_at}
    if slug := index.slug_for(proposal.phrase):
        return TagDecision(**facts, slug=slug, how="spelling")
    nearest, score = nearest_tag(proposal.vector, vectors)
    if nearest and score >= settings.same_tag_similarity:
        return TagDecision(**facts, slug=nearest, how="meaning", score=round(score, 4))
    slug = new_slug(proposal.phrase, {**index.tags, **new})
    if not may_be_new or not slug or len(new) >= settings.most_new_tags:
        return None
    return TagDecision(**facts, slug=slug, how="new")


def nearest_tag(vector: Matrix | None, vectors: Mapping[str, Matrix]) -> tuple[str | None, float]:
    """The tag whose vector is nearest, and the cosine."""
    if vector is None or not vectors:
        return None, 0.0
    slugs = list(vectors)
    scores = np.stack([vectors[slug] for slug in slugs]) @ vector
    best = int(np.argmax(scores))
    return slugs[best], float(scores[best])


def near_tags(topic: Matrix | None, vectors: Mapping[str, Matrix]) -> list[str]:
    """The tags nearest to a paper as a whole, nearest first; only those that are clearly of its topic."""
    if topic is None:
        return []
    scores = {slug: float(vector @ topic) for slug, vector in vectors.items()}
    return sorted((slug for slug in scores if scores[slug] >= _LEAST_TOPIC), key=lambda slug: (-scores[slug], slug))


def _novelty_of(phrase: str, shared: set[str], title: str) -> Novelty:
    if phrase in shared:
        return "always"
    return "where tags are few" if " " in phrase and phrase.casefold() in title.casefold() else "never"


def _categories(paper: Paper) -> list[str]:
    return list(dict.fromkeys([paper.primary_category, *paper.categories]))
