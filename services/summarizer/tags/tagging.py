"""Tags: phrases of a paper, matched to the canonical index; what is new waits until a second paper needs it."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.summarizer.llm.asking import AskContext, LanguageModels
from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.structured import UnreadableReply
from services.summarizer.settings import SummarizerSettings
from services.summarizer.state import State
from services.summarizer.tags.doubtful import TagAnswers, chosen, tag_question
from services.summarizer.tags.generic_words import CommonPhrases, fits_any_paper
from services.summarizer.tags.key_phrases import Phrase, candidates, most_relevant
from services.summarizer.tags.matching.abbreviations import defined_in
from services.summarizer.tags.named_in_text import NamesInText
from services.summarizer.tags.nearest import Candidate, Meaning, TagMatcher
from services.summarizer.tags.seed_tags import seed_tags
from services.summarizer.tags.tag_vectors import TagVectors
from services.summarizer.vectors import Encoder, Matrix
from shared.category_facets import categories_named
from shared.contracts import now
from shared.errors import TemporaryFailure
from shared.paper_ids import month_of
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.tagging.tags import TagDecision, TagIndex, TagStore, new_slug

log = logging.getLogger(__name__)

_MOST_PHRASES = 10
_CORPUS_PAPERS = 5000
_FEWEST_PAPERS, _PAPERS_A_PAPER = 2, 2000
_LEAST_CLOSENESS, _LEAST_TOPIC = 0.3, 0.35


Novelty = Literal["always", "where tags are few", "never"]


@dataclass(frozen=True)
class Proposal:
    """A phrase that may become a tag; `novelty` says when it may become a new tag. `vector` is a unit row (d)."""

    phrase: str
    novelty: Novelty
    vector: Matrix | None = None


class Tagger:
    """One paper at a time decides about tags, so that two papers never make two tags of one phrase."""

    def __init__(
        self,
        settings: SummarizerSettings,
        tags: TagStore,
        metadata: MetadataStore,
        encoder: Encoder,
        models: LanguageModels | None = None,
    ) -> None:
        self._settings = settings
        self._tags = tags
        self._metadata = metadata
        self._encoder = encoder
        self._models = models
        self._vectors = TagVectors(encoder)
        self._deciding = asyncio.Lock()

    async def tag(self, state: State) -> State:
        """Sets `tags` and `raw_tags`, and stores what the index learns."""
        paper = state["paper"]
        common = await asyncio.to_thread(self._common_phrases, paper)
        phrases = tuple(dict.fromkeys(state.get("phrases", ())))
        proposed = self._from_model(paper, phrases) if phrases else self._from_text(paper, common)
        proposals, topic = await proposed
        before = await self._read(paper, proposals, common, topic)
        answers = await self._ask(state, before)
        async with self._deciding:  # another paper may have changed the index while the model was asked
            read = await self._read(paper, proposals, common, topic)
            near = near_tags(paper, topic, read.vectors, read.index)
            decisions = decide(paper, read.fitting, read.meanings, answers, near, read.index, self._settings)
            index = await asyncio.to_thread(self._tags.add, (), decisions)
        tags = tuple(dict.fromkeys(slug for made in decisions if (slug := index.canonical(made.slug))))
        return {"tags": tags, "raw_tags": tuple(proposal.phrase for proposal in proposals)}

    async def _read(
        self, paper: Paper, proposals: Sequence[Proposal], common: CommonPhrases, topic: Matrix | None
    ) -> "_Read":
        """The index as it is now, and what it makes of the proposals that can be tags at all."""
        index = await self._index()
        fitting = [proposal for proposal in proposals if may_be_tag(proposal.phrase, paper, common, index)]
        vectors = await self._vectors.of(index) if topic is not None else {}
        matcher = TagMatcher(index, vectors, defined_in(paper.abstract))
        least = self._settings.same_tag_similarity
        meanings = {proposal.phrase: matcher.meaning(proposal.phrase, proposal.vector, least) for proposal in fitting}
        return _Read(index, fitting, vectors, meanings)

    async def _index(self) -> TagIndex:
        """The index, with the established terms; an index of an earlier version may lack them."""
        index = await asyncio.to_thread(self._tags.index)
        if any(tag.made_by == "seed" for tag in index.tags.values()):
            return index
        return await asyncio.to_thread(self._tags.add, seed_tags(now()))

    async def _from_model(self, paper: Paper, phrases: Sequence[str]) -> tuple[list[Proposal], Matrix | None]:
        """The phrases that a model proposed, and the paper's own vector (d)."""
        vectors = await self._encoder.encode([*phrases, paper.text])
        if vectors is None:
            return [Proposal(phrase, "always") for phrase in phrases], None
        proposals = [Proposal(phrase, "always", vectors[row]) for row, phrase in enumerate(phrases)]
        return proposals, vectors[-1]

    async def _from_text(self, paper: Paper, common: CommonPhrases) -> tuple[list[Proposal], Matrix | None]:
        """Key phrases of title and abstract, and the paper's own vector (d).

        A phrase that other papers use too may become a tag; one of the title only where the paper has few tags.
        """
        phrases = candidates(paper.title, paper.abstract)
        shared = await asyncio.to_thread(_shared_phrases, phrases, common)
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

    def _common_phrases(self, paper: Paper) -> CommonPhrases:
        return CommonPhrases(self._metadata.month(month_of(paper.paper_id))[:_CORPUS_PAPERS])

    async def _ask(self, state: State, read: "_Read") -> Mapping[str, Candidate | None]:
        """What a model says of the doubtful phrases, in one question; nothing where there is none, or it fails."""
        doubtful = {phrase: meaning.doubtful for phrase, meaning in read.meanings.items() if meaning.doubtful}
        if not doubtful or self._models is None or self._models.model_for("tag") is None:
            return {}
        labels = {slug: tag.label for slug, tag in read.index.tags.items()}
        paper, event = state["paper"], state.get("event")
        cause = (event.run_id, event.event_id, event.user) if event else ()
        context = AskContext("tag", paper.paper_id, *cause)
        try:
            answered = await self._models.ask(tag_question(doubtful, labels), TagAnswers, context)
        except (LlmUnusable, UnreadableReply, TemporaryFailure) as error:
            text = "The doubtful tags of %s wait, for the model could not be asked: %s"
            log.warning(text, paper.paper_id, error, extra={"action": "tags_not_asked", "paper_id": paper.paper_id})
            return {}
        return chosen(answered.value, doubtful)


@dataclass(frozen=True)
class _Read:
    """The index at one moment; `vectors` of its tags by slug, `meanings` of the phrases in `fitting`."""

    index: TagIndex
    fitting: list[Proposal]
    vectors: Mapping[str, Matrix]
    meanings: Mapping[str, Meaning]


def may_be_tag(phrase: str, paper: Paper, common: CommonPhrases, index: TagIndex) -> bool:
    """Whether a phrase can be a tag of a paper at all: no word that fits any paper, no category, nothing rejected."""
    if fits_any_paper(phrase) or categories_named(phrase) or index.is_rejected(phrase):
        return False
    return not common.is_common(phrase, paper.primary_category)


def decide(
    paper: Paper,
    proposals: Sequence[Proposal],
    meanings: Mapping[str, Meaning],
    answers: Mapping[str, Candidate | None],
    near: Sequence[str],
    index: TagIndex,
    settings: SummarizerSettings,
) -> list[TagDecision]:
    """What is decided for a paper, at most `most_tags` tags: its phrases in order, then tags near to it as a whole.

    A phrase that means no tag yet makes one that waits; a waiting tag that a second paper has begins to count.
    """
    draft = _Draft(paper, index, settings)
    for proposal in proposals:
        draft.add(proposal, meanings[proposal.phrase], answers, ("always",), settings.most_tags)
    for proposal in proposals:
        draft.add(proposal, meanings[proposal.phrase], answers, ("where tags are few",), settings.fewest_tags)
    for slug in near:
        if len(draft.canonical) < settings.fewest_tags:
            draft.map(index.tags[slug].label, slug, Meaning(slug, "meaning", why="the paper names it"))
    return draft.decisions


class _Draft:
    """The decisions for one paper while they are made."""

    def __init__(self, paper: Paper, index: TagIndex, settings: SummarizerSettings) -> None:
        self._paper, self._index, self._settings = paper, index, settings
        self._made_at = now()
        self._slugs: dict[str, None] = {}
        self._new: dict[str, None] = {}
        self.canonical: dict[str, None] = {}
        self.decisions: list[TagDecision] = []

    def add(
        self,
        proposal: Proposal,
        meaning: Meaning,
        answers: Mapping[str, Candidate | None],
        novelties: tuple[Novelty, ...],
        enough: int,
    ) -> None:
        phrase, said = proposal.phrase, answers.get(proposal.phrase)
        if len(self._slugs) >= self._settings.most_tags:
            return
        if meaning.slug is not None:
            self.map(phrase, meaning.slug, meaning)
        elif said is not None:
            self.map(phrase, said.slug, Meaning(said.slug, "model", round(said.cosine, 4), "the model says so"))
        elif len(self._slugs) < enough and (proposal.novelty in novelties or phrase in answers):
            self._propose(phrase, meaning.doubtful if phrase in answers else ())

    def map(self, phrase: str, slug: str, meaning: Meaning) -> None:
        """The paper has a tag; one that waited counts from its second paper on."""
        tag = self._index.tags[slug]
        if slug in self._slugs:
            return
        self._slugs[slug] = None
        self._decide("map", phrase=phrase, slug=slug, how=meaning.how, score=meaning.score, why=meaning.why)
        if tag.status == "waiting" and set(tag.papers) - {self._paper.paper_id}:
            self._decide("accept", slug=slug, how="second paper", why=f"also in {tag.papers[0]}")
        if tag.status == "canonical" or set(tag.papers) - {self._paper.paper_id}:
            self.canonical[slug] = None

    def _propose(self, phrase: str, refused: Sequence[Candidate]) -> None:
        slug = new_slug(phrase, self._index.tags, self._new)
        if not slug or len(self._new) >= self._settings.most_new_tags:
            return
        self._new[slug] = self._slugs[slug] = None
        self._decide("propose", phrase=phrase, slug=slug, how="new", why="no tag means this")
        self._decide("map", phrase=phrase, slug=slug, how="new")
        for candidate in refused:
            self._decide("keep_apart", slug=slug, into=candidate.slug, how="model", score=round(candidate.cosine, 4))

    def _decide(self, action: str, **facts: object) -> None:
        made = {"action": action, "paper_id": self._paper.paper_id, "made_at": self._made_at, **facts}
        self.decisions.append(TagDecision.model_validate(made))


def near_tags(paper: Paper, topic: Matrix | None, vectors: Mapping[str, Matrix], index: TagIndex) -> list[str]:
    """The canonical tags that a paper names and that are near to it as a whole, nearest first.

    A cosine alone finds neighbours of its topic (`continual learning` for a paper about optimisers).
    """
    if topic is None:
        return []
    scores = {slug: float(vectors[slug] @ topic) for slug in index.canonical_tags if slug in vectors}
    names = NamesInText(paper.text)
    near = (slug for slug in scores if scores[slug] >= _LEAST_TOPIC and names.has(index.tags[slug]))
    return sorted(near, key=lambda slug: (-scores[slug], slug))


def _shared_phrases(phrases: Sequence[Phrase], common: CommonPhrases) -> set[str]:
    """Phrases of several words, and names, that other papers of the month have too."""
    enough = max(_FEWEST_PAPERS, len(common) // _PAPERS_A_PAPER + 1)
    named = [phrase.text for phrase in phrases if " " in phrase.text or phrase.text != phrase.text.casefold()]
    return {text for text in named if common.is_shared(text, enough)}


def _novelty_of(phrase: str, shared: set[str], title: str) -> Novelty:
    if phrase in shared:
        return "always"
    return "where tags are few" if " " in phrase and phrase.casefold() in title.casefold() else "never"
