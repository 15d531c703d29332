"""What the pages of a question show: the question with its way, the answer with its citations, the questions before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.publisher.asking.answer_html import AnswerBlock, answer_blocks
from services.publisher.asking.ask_form import AskForm
from services.publisher.asking.progress import told_steps
from services.publisher.asking.questions import Question, conversation_before, moment_of, question_of
from services.publisher.paper.revisions.cited_since import CitedSince, cited_since
from services.publisher.records.records import Records
from shared.contracts import Citation, ResearchCost, ResearchResult, now
from shared.store.research.traces import TraceStore

_SHOWN_STEPS = 12
_SILENT_MINUTES = 3


@dataclass(frozen=True)
class CitedPaper:
    """A paper and the excerpts that the answer takes from it."""

    paper_id: str
    version: int
    title: str
    url: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class QuestionPage:
    """One question. `state` changes whenever the page does."""

    question: Question
    before: Sequence[Question]
    follow_up: AskForm
    steps: Sequence[tuple[str, int]]
    blocks: Sequence[AnswerBlock] = ()
    papers: Sequence[CitedPaper] = ()
    since: Mapping[tuple[str, int], CitedSince] = field(default_factory=dict)

    @property
    def result(self) -> ResearchResult | None:
        return self.question.result

    @property
    def state(self) -> str:
        return f"{self.question.state}-{len(self.question.steps)}"

    @property
    def shaken(self) -> list[CitedSince]:
        """The cited papers that were withdrawn, or whose newer text lacks words that the answer rests on."""
        return [one for one in self.since.values() if one.is_withdrawn or one.gone]

    @property
    def silent_minutes(self) -> int:
        """For how long nothing has come of a question that is being answered; 0 below a few minutes."""
        last = moment_of(self.question.steps[-1].get("at")) if self.question.steps else None
        if not self.question.is_running or last is None:
            return 0
        minutes = int((now() - last).total_seconds() // 60)
        return minutes if minutes >= _SILENT_MINUTES else 0

    @property
    def cost(self) -> str:
        return cost_words(self.result.cost) if self.result else ""


def build_question(traces: TraceStore, records: Records, trace_id: str, user: str) -> QuestionPage | None:
    """The page of a user's question; None where the user asked no such one."""
    question = question_of(traces, trace_id, user)
    if question is None:
        return None
    result = question.result
    return QuestionPage(
        question,
        conversation_before(traces, question),
        AskForm.following(question.corpus, trace_id),
        told_steps(question.steps)[-_SHOWN_STEPS:],
        blocks_of(result) if result else (),
        cited_papers(result) if result else (),
        cited_since(records, result.citations) if result else {},
    )


def blocks_of(result: ResearchResult) -> list[AnswerBlock]:
    numbers = {citation.number for citation in result.citations}
    return answer_blocks(result.answer, numbers, citation_path(result.trace_id))


def citation_path(trace_id: str) -> str:
    """Where citations open; a slash and the number follow."""
    return f"/ask/{trace_id}/citation"


def cited_papers(result: ResearchResult) -> list[CitedPaper]:
    """The citations by paper and version, in the order of their numbers."""
    grouped: dict[tuple[str, int], list[Citation]] = {}
    for citation in sorted(result.citations, key=lambda citation: citation.number):
        grouped.setdefault((citation.paper_id, citation.version), []).append(citation)
    return [
        CitedPaper(paper_id, version, citations[0].title, citations[0].url, tuple(citations))
        for (paper_id, version), citations in grouped.items()
    ]


def cost_words(cost: ResearchCost) -> str:
    """What an answer took, in words."""
    calls = f"{cost.llm_calls} {'call' if cost.llm_calls == 1 else 'calls'} to a model" if cost.llm_calls else ""
    tokens = cost.input_tokens + cost.output_tokens
    money = f"{cost.money:.4g} {cost.currency}".strip() if cost.money else ""
    facts = (calls, f"{tokens:,} tokens" if tokens else "", f"{cost.seconds:.1f} s", money)
    return ", ".join(filter(None, facts))
