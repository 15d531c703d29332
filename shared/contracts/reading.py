"""What the summarizer is asked: papers related to one, and questions about papers that were read."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import Message, PaperIdsOrNone, Reply, Request
from shared.paper_ids import PaperId


class RelatedPaper(Message):
    paper_id: PaperId
    type: str
    score: float
    evidence: str = ""


class RelatedReply(Reply):
    papers: tuple[RelatedPaper, ...] = ()


class Related(Request[RelatedReply]):
    """Papers that were read and are linked to this one."""

    subject = "summarizer.related"
    paper_id: PaperId
    limit: int = Field(default=10, ge=1, le=100)


class Quote(Message):
    """Words that stand in a paper, letter by letter."""

    paper_id: PaperId
    text: str
    section: str = ""


class AskReply(Reply):
    """An answer and the quotes it rests on; `mode` says whether a model wrote it."""

    answer: str
    mode: Literal["llm", "extractive"]
    quotes: tuple[Quote, ...] = ()


class Ask(Request[AskReply]):
    """A question about papers that were read; all of them where none is named."""

    subject = "summarizer.ask"
    deadline_seconds = 120.0
    question: str = Field(min_length=1, max_length=2000)
    paper_ids: PaperIdsOrNone = ()
