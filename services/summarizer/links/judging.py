"""Relations as a model sees them, kept only as far as words of both papers show them."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from services.summarizer.links.answers import Relations, SaidRelation
from services.summarizer.links.candidates import Candidate
from services.summarizer.links.questions import question
from services.summarizer.llm.asking import AskContext, LanguageModels
from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.structured import UnreadableReply
from shared.errors import TemporaryFailure
from shared.store.papers.links import Link
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import FieldValue, Quote

log = logging.getLogger(__name__)

_SAID = {"high": 0.9, "medium": 0.7, "low": 0.5}
_SHOWN_BY_ONE = 0.5
_NOT_CITED = 0.8
_NEEDS_KNOWLEDGE = {"extends", "improves", "uses_method_of", "contradicts", "compares_with"}
_AHEAD = timedelta(days=120)


class RelationJudge:
    """Asks a model about candidates, `per_question` at a time."""

    def __init__(self, models: LanguageModels | None, per_question: int) -> None:
        self._models = models
        self._per_question = per_question

    @property
    def has_model(self) -> bool:
        return self._models is not None and self._models.model_for("link") is not None

    async def relations(
        self, paper: Paper, fields: Sequence[FieldValue], candidates: Sequence[Candidate], context: AskContext
    ) -> list[Link]:
        """The relations that hold; a question that no model answers costs its own relations and no other's."""
        if self._models is None or not self.has_model:
            return []
        links: list[Link] = []
        for start in range(0, len(candidates), self._per_question):
            numbered = dict(enumerate(candidates[start : start + self._per_question], 1))
            try:
                asked = question(paper, fields, numbered)
                answered = await self._models.ask(asked.messages, Relations, context)
            except UnreadableReply as error:
                _log_unanswered(paper.paper_id, error)
                continue
            except (LlmUnusable, TemporaryFailure) as error:
                _log_unanswered(paper.paper_id, error)
                break
            links += relation_links(paper, asked.sentences, numbered, answered.value.relations, answered.model)
        return links


def relation_links(
    paper: Paper,
    sentences: Mapping[str, Quote],
    candidates: Mapping[int, Candidate],
    said: Iterable[SaidRelation],
    model: str,
) -> list[Link]:
    """The links for what a model said, the first for each candidate; what neither paper's words show is dropped.

    `sentences` are those of the question by label.
    """
    links: dict[str, Link] = {}
    for relation in said:
        candidate = candidates.get(relation.number) if relation.number is not None else None
        if candidate is None or candidate.paper_id in links:
            continue
        link = _link(paper, sentences, candidate, relation, model)
        if link is not None:
            links[candidate.paper_id] = link
    return list(links.values())


def _link(
    paper: Paper, sentences: Mapping[str, Quote], candidate: Candidate, said: SaidRelation, model: str
) -> Link | None:
    quote, other = sentences.get(said.evidence_of_this), sentences.get(said.evidence_of_other)
    if not said.evidence_of_this.startswith("t"):
        quote = None
    is_reversed = said.from_paper == "other" and said.relation != "same_problem"
    if (quote is None and other is None) or not _can_be(paper, candidate, said.relation, is_reversed):
        return None
    confidence = _SAID[said.confidence]
    if quote is None or other is None:
        confidence *= _SHOWN_BY_ONE
    if said.relation in _NEEDS_KNOWLEDGE and not _knows(candidate, is_reversed):
        confidence *= _NOT_CITED
    return Link(
        paper_id=paper.paper_id,
        other_id=candidate.paper_id,
        type=said.relation,
        is_reversed=is_reversed,
        score=round(confidence, 4),
        confidence=round(confidence, 4),
        evidence="" if quote and other else "Only one of the two papers was found to show this.",
        quote=quote,
        other_quote=other,
        model=model,
    )


def _can_be(paper: Paper, candidate: Candidate, relation: str, is_reversed: bool) -> bool:
    """Nobody builds on a paper that came months later, unless it is cited (in a later version)."""
    if relation not in _NEEDS_KNOWLEDGE or _knows(candidate, is_reversed):
        return True
    source, target = (candidate.paper, paper) if is_reversed else (paper, candidate.paper)
    if source.published_at is None or target.published_at is None:
        return True
    return source.published_at >= target.published_at - _AHEAD


def _knows(candidate: Candidate, is_reversed: bool) -> bool:
    return candidate.cites_this if is_reversed else candidate.is_cited


def _log_unanswered(paper_id: str, error: Exception) -> None:
    log.warning(
        "Relations of %s are left to what is known without a model: %s",
        paper_id,
        error,
        extra={"action": "links_without_model", "paper_id": paper_id},
    )
