"""Papers related to one."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import Message, Reply, Request
from shared.paper_ids import PaperId


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
