"""What tools about papers answer: typed, and with the words of papers apart under `quoted`."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.publisher.mcp.quoting import NOTICE

Rating = Literal["like", "dislike", ""]
Part = Literal["summary", "text"]


class Result(BaseModel):
    """What every result begins with."""

    model_config = ConfigDict(frozen=True)

    notice: str = Field(NOTICE, description="how to read words of papers")


class Piece(BaseModel):
    model_config = ConfigDict(frozen=True)


class QuotedHit(Piece):
    """Words of a paper."""

    title: str
    authors: tuple[str, ...] = ()
    snippet: str = ""
    reasons: tuple[str, ...] = Field((), description="why it is here; may name other papers, tags and authors")


class PaperHit(Piece):
    """A paper in a list."""

    paper_id: str
    url: str
    published: date | None = None
    categories: tuple[str, ...] = ()
    rating: Rating = ""
    match: str = Field("", description="how well it matches what the user liked: strong, fair or weak")
    score: float | None = Field(None, description="compares within one answer only")
    probability: float | None = Field(None, description="predicted probability of a like")
    rank: int | None = None
    slot: str = Field("", description="why it was picked: top, explore, requested, revised or audit")
    is_summarised: bool = False
    quoted: QuotedHit


class SearchResult(Result):
    """Papers found, best first."""

    papers: tuple[PaperHit, ...] = ()
    total: int = 0
    at_least: bool = Field(False, description="there are more than `total`")
    next_offset: int | None = Field(None, description="ask again with this offset for the next papers")
    note: str = Field("", description="what the search could not do")


class DayResult(Result):
    """The picks of a day, best first."""

    day: date | None = None
    considered: int = Field(0, description="papers that were ranked on that day")
    total: int = Field(0, description="papers that were picked")
    papers: tuple[PaperHit, ...] = ()
    next_offset: int | None = None
    older_day: date | None = None


class QuotedEvidence(Piece):
    """An excerpt that a claim rests on; `start` and `end` count characters of the paper's text."""

    text: str
    section: str = ""
    found: bool = Field(True, description="it stands in the paper letter by letter")
    start: int | None = None
    end: int | None = None


class QuotedClaim(Piece):
    text: str
    weak: str = Field("", description="why the statement does not follow from its excerpts; empty where it does")
    evidence: tuple[QuotedEvidence, ...] = ()


class QuotedField(Piece):
    """A field of the summary, such as `method`."""

    name: str
    claims: tuple[QuotedClaim, ...]


class QuotedSection(Piece):
    """A heading of the text: read it with this `number` as `section`."""

    number: int
    title: str
    depth: int
    start: int
    end: int


class QuotedPaper(Piece):
    """Everything of a paper's own words."""

    title: str = ""
    authors: tuple[str, ...] = ()
    abstract: str = ""
    comment: str = ""
    tags: tuple[str, ...] = ()
    fields: tuple[QuotedField, ...] = ()
    sections: tuple[QuotedSection, ...] = ()
    text: str = ""


class PaperResult(Result):
    """A paper: its summary and headings, or a piece of its text."""

    paper_id: str
    version: int | None = None
    url: str = ""
    part: Part = "summary"
    published: date | None = None
    categories: tuple[str, ...] = ()
    license: str = Field("", description="a Creative Commons licence; empty for others")
    rating: Rating = ""
    is_listed: bool = Field(False, description="it is on the user's reading list")
    is_withdrawn: bool = Field(False, description="its authors withdrew it: do not rely on it; its summary is left out")
    summary_by: str = Field(
        "", description="llm: written by a model and checked; extractive: the paper's own sentences"
    )
    has_text: bool = Field(False, description="the full text is stored, so part `text` can be read")
    start: int | None = Field(None, description="first character of the text that is quoted")
    end: int | None = None
    page: int = 1
    pages: int = 1
    quoted: QuotedPaper


class QuotedRelation(Piece):
    title: str = ""
    evidence: str = ""
    quote: str = Field("", description="a sentence of the paper that was asked about")
    other_quote: str = Field("", description="a sentence of the related paper")


class RelatedHit(Piece):
    paper_id: str
    url: str
    relation: str = Field(description="as in `cites`, `cited by`, `extends`, `similar method`")
    direction: str
    confidence: float
    quoted: QuotedRelation


class RelatedResult(Result):
    paper_id: str
    papers: tuple[RelatedHit, ...] = ()


class QuotedInfluence(Piece):
    """How much one rating moved the score."""

    paper_id: str
    title: str
    weight: float
    label: str = ""


class QuotedWord(Piece):
    text: str
    weight: float


class QuotedReasons(Piece):
    outcomes: tuple[str, ...] = ()
    influences: tuple[QuotedInfluence, ...] = ()
    words: tuple[QuotedWord, ...] = ()
    tags: tuple[QuotedWord, ...] = ()
    changes: tuple[str, ...] = Field((), description="what would have made the newest selection pick it")


class WhyResult(Result):
    """Why a paper was picked or not."""

    paper_id: str
    match: str = ""
    score: float | None = None
    probability: float | None = None
    scores_higher_than: float | None = Field(None, description="share of recent papers that score lower")
    rests_on: str = Field("", description="what the score rests on")
    quoted: QuotedReasons


class RateResult(Result):
    paper_id: str
    rating: Rating
    said: str


class QuotedTitle(Piece):
    title: str


class ListedHit(Piece):
    """A paper on the reading list."""

    paper_id: str
    url: str
    version: int | None
    newer_version: int | None = None
    state: str
    problem: str = ""
    sections: int = 0
    chunks: int = 0
    added_at: datetime
    quoted: QuotedTitle


class ListResult(Result):
    papers: tuple[ListedHit, ...] = ()
    total: int = 0
    next_offset: int | None = None


class AddResult(Result):
    papers: tuple[ListedHit, ...] = Field((), description="as they stand on the list now; the work goes on behind it")
    refused: dict[str, str] = Field(default_factory=dict, description="why, by what was given")
