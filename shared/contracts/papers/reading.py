"""Papers related to one, and what the sentences of one say."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import Message, Reply, Request
from shared.paper_ids import AnyPaperId, PaperId


class RelatedPaper(Message):
    """The paper at the other end of a link, as the asked paper sees it.

    `type` is `relation`, or its words from the other end (`cited by`) where it runs from that paper to the asked one
    (`direction` incoming; both: it has no direction). `quote` stands in the asked paper, `other_quote` in this one.
    """

    paper_id: PaperId
    type: str
    score: float
    evidence: str = ""
    relation: str = ""
    direction: Literal["outgoing", "incoming", "both"] = "both"
    confidence: float = 0.0
    quote: str = ""
    other_quote: str = ""
    title: str = ""
    is_read: bool = True


class RelatedReply(Reply):
    papers: tuple[RelatedPaper, ...] = ()


class Related(Request[RelatedReply]):
    """Papers that were read and are linked to this one, each once; with `everything` each link, to any paper."""

    subject = "summarizer.related"
    paper_id: PaperId
    limit: int = Field(default=10, ge=1, le=100)
    everything: bool = False


SkimRole = Literal["problem", "method", "result", "limitation"]
MOST_SKIM_LEVEL = 4


class RoleSpan(Message):
    """Characters `start` to `end` of `document.md` state the paper's problem, method, result or a limitation.

    `level` says from which density on they are marked: 1 the abstract alone, 2 the surest sentence of the body for each
    role, 3 several, 4 every sentence that may have the role.
    """

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    role: SkimRole
    level: int = Field(ge=1, le=MOST_SKIM_LEVEL)


class SentenceRolesReply(Reply):
    """In the order of the text, none within another; `problem` says why there are none."""

    spans: tuple[RoleSpan, ...] = ()
    problem: str = ""


class SentenceRoles(Request[SentenceRolesReply]):
    """Which sentences of a stored text say what, by the roles that summaries without a model use."""

    subject = "summarizer.roles"
    deadline_seconds = 15.0
    paper_id: AnyPaperId
    version: int = Field(ge=1)


class AnchoredPassage(Message):
    """What became of a passage: it stands there (`same`), in other words (`reworded`, `text`), or not (`gone`).

    `start` and `end` are characters of the newer `document.md`, where the place is known.
    """

    fate: Literal["same", "reworded", "gone"]
    text: str = ""
    start: int | None = None
    end: int | None = None


class AnchorPassagesReply(Reply):
    """In the order of the question; `problem` says why there are none."""

    passages: tuple[AnchoredPassage, ...] = ()
    problem: str = ""


class AnchorPassages(Request[AnchorPassagesReply]):
    """Looks passages of a text up in another version of it, as quotes of summaries are; nothing of them is kept."""

    subject = "summarizer.anchors"
    deadline_seconds = 15.0
    paper_id: AnyPaperId
    version: int = Field(ge=1)
    passages: tuple[Annotated[str, Field(min_length=1, max_length=8_000)], ...] = Field(min_length=1, max_length=50)
