"""Everything that travels over the bus, declared once: five events, eleven requests and their replies.

Events are facts in the past tense that carry ids and paths, never payloads or vectors. The envelope has defaults, so a
person can type `{"paper_ids":["2403.12345"]}` into the NATS command line.
"""

import uuid
from datetime import UTC, date, datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from shared.paper_ids import PaperId

STREAM = "PAPERSYS"
DEFAULT_USER = "me"
MAX_PAPERS_PER_EVENT = 500
MARK_START, MARK_END = "⟦", "⟧"
_NAMESPACE = uuid.UUID("6f0c9a52-5d34-4f2a-9a53-0d6f7f3b8a11")

Label = Literal["like", "dislike", "clear"]
Slot = Literal["top", "explore", "requested", "revised", "audit"]
PaperIds = Annotated[tuple[PaperId, ...], Field(min_length=1, max_length=MAX_PAPERS_PER_EVENT)]
PaperIdsOrNone = Annotated[tuple[PaperId, ...], Field(max_length=MAX_PAPERS_PER_EVENT)]


def now() -> datetime:
    """The present, aware and UTC."""
    return datetime.now(UTC)


class Message(BaseModel):
    """What events, requests and replies share: they never change, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Message):
    """A fact, with the envelope that says where it comes from."""

    subject: ClassVar[str]

    event_id: str = Field(default_factory=lambda: uuid.uuid4().hex, min_length=1, max_length=200)
    caused_by: str | None = None
    run_id: str | None = None
    occurred_at: AwareDatetime = Field(default_factory=now)
    user: str = DEFAULT_USER

    @classmethod
    def after(cls, cause: "Event", **facts: object) -> Self:
        """The event that follows from `cause`; same cause and facts, same `event_id`: a repeat is no news."""
        inherited = {name: getattr(cause, name) for name in ("run_id", "user", "force") if hasattr(cause, name)}
        known = {name: value for name, value in inherited.items() if name in cls.model_fields}
        draft = cls.model_validate({**known, **facts, "caused_by": cause.event_id})
        said = draft.model_dump_json(exclude={"event_id", "occurred_at"})
        return draft.model_copy(update={"event_id": uuid.uuid5(_NAMESPACE, f"{cls.subject} {said}").hex})


class _RunEvent(Event):
    """An event that may be one part of a harvest: `last` marks the part that ends it and gives the run's size."""

    force: bool = False
    reason: Literal["new", "revised", "requested"] = "new"
    day: date | None = None
    last: bool = False
    run_size: int | None = Field(default=None, ge=0)


class PapersNew(_RunEvent):
    """The metadata of these papers is stored (or, typed by a person: process these again)."""

    subject = "papers.new"
    paper_ids: PaperIds


class EmbeddingsReady(_RunEvent):
    """A vector of these papers is stored; those in `failed` will have none."""

    subject = "embeddings.ready"
    paper_ids: PaperIdsOrNone
    failed: PaperIdsOrNone = ()
    model: str


class Pick(Message):
    """One paper worth reading. `score` is in [0, 1]; None where nothing was compared (a person asked for it)."""

    paper_id: PaperId
    score: float | None = None
    slot: Slot = "requested"
    reasons: tuple[str, ...] = ()


class PapersSelected(Event):
    """These papers are worth reading, each with its score, slot and reasons."""

    subject = "papers.selected"
    paper_ids: PaperIds
    picks: tuple[Pick, ...] = ()
    force: bool = False
    day: date | None = None

    @model_validator(mode="after")
    def _picks_are_of_these_papers(self) -> Self:
        strangers = {pick.paper_id for pick in self.picks} - set(self.paper_ids)
        if strangers:
            raise ValueError(f"picks name papers that paper_ids does not: {', '.join(sorted(strangers))}")
        return self

    def pick(self, paper_id: str) -> Pick:
        """What the ranker said of a paper; a bare request where it said nothing."""
        said = {pick.paper_id: pick for pick in self.picks}
        return said.get(paper_id, Pick(paper_id=paper_id))


class SummariesReady(Event):
    """These papers have a summary."""

    subject = "summaries.ready"
    paper_ids: PaperIds
    force: bool = False


class FeedbackLabel(Event):
    """The owner's verdict on papers; `clear` takes an earlier one back."""

    subject = "feedback.label"
    paper_ids: PaperIds
    label: Label
    source: str = "nats"
    actor: str = DEFAULT_USER
    weight: float = Field(default=1.0, gt=0, le=100)


EVENTS: tuple[type[Event], ...] = (PapersNew, EmbeddingsReady, PapersSelected, SummariesReady, FeedbackLabel)


class Reply(Message):
    """An answer to a request."""


class Request(Message):
    """A question with a deadline, over core NATS."""

    subject: ClassVar[str]
    reply: ClassVar[type[Reply]]
    deadline_seconds: ClassVar[float] = 10.0


class LookupReply(Reply):
    """Ids whose metadata is stored now, and why the others are not."""

    found: tuple[PaperId, ...] = ()
    missing: dict[str, str] = Field(default_factory=dict)


class Lookup(Request):
    """Get and store the metadata of ids that were never harvested."""

    subject = "fetcher.lookup"
    reply = LookupReply
    deadline_seconds = 60.0
    paper_ids: PaperIds


DocumentStatus = Literal[
    "converted", "withdrawn", "encrypted", "html_only", "too_large", "hostile", "unreadable", "missing"
]


class DocumentReply(Reply):
    """Where a paper's text lies. `folder` is relative to the data folder; None unless `status` is `converted`."""

    paper_id: PaperId
    version: int
    status: DocumentStatus
    route: Literal["latex", "html", "pdf"] | None = None
    grade: Literal["good", "fair", "bad"] | None = None
    folder: str | None = None
    detail: str = ""


class Document(Request):
    """Get one paper's source and convert it to Markdown."""

    subject = "fetcher.document"
    reply = DocumentReply
    deadline_seconds = 300.0
    paper_id: PaperId
    force: bool = False


class EncodeReply(Reply):
    """One unit vector a text, in the order of the texts."""

    model: str
    vectors: tuple[tuple[float, ...], ...]


class Encode(Request):
    """Texts to vectors of the active model."""

    subject = "embedder.encode"
    reply = EncodeReply
    deadline_seconds = 30.0
    texts: Annotated[tuple[str, ...], Field(min_length=1, max_length=64)]
    kind: Literal["query", "passage"] = "query"


class FoundPaper(Message):
    """What arXiv says of a paper, for one that may not be stored."""

    paper_id: PaperId
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published_at: AwareDatetime | None = None


class ArxivSearchReply(Reply):
    """Papers as arXiv ranks them; `total` counts all that arXiv has."""

    papers: tuple[FoundPaper, ...] = ()
    total: int = 0


class ArxivSearch(Request):
    """Ask arXiv's own search. Plain words, or arXiv's syntax (`au:doe`). Nothing is stored."""

    subject = "fetcher.search"
    reply = ArxivSearchReply
    deadline_seconds = 60.0
    query: str = Field(min_length=1, max_length=2000)
    limit: int = Field(default=50, ge=1, le=100)


class Hit(Message):
    """A paper found, best first; `score` compares within one answer only.

    `title` and `snippet` (a passage of the abstract) are there where words were sought; what was found stands
    between MARK_START and MARK_END. `unknown` is a paper of arXiv's own search that was never harvested.
    """

    paper_id: PaperId
    score: float
    reasons: tuple[str, ...] = ()
    title: str = ""
    snippet: str = ""
    unknown: FoundPaper | None = None


class HitsReply(Reply):
    """`note` says what could not be done, or is not all there yet."""

    hits: tuple[Hit, ...] = ()
    note: str = ""


class Search(Request):
    """Papers by words and meaning, among all that were harvested, or among what arXiv's own search finds.

    The query knows "a phrase", -without, title:word and author:name. `like` asks for papers like these; `categories`
    may be archives (`cs`); dates are those of the first submission; `seen` papers were picked or judged.
    """

    subject = "ranker.search"
    reply = HitsReply
    deadline_seconds = 75.0
    query: str = Field(default="", max_length=2000)
    limit: int = Field(default=20, ge=1, le=200)
    user: str = DEFAULT_USER
    like: Annotated[tuple[PaperId, ...], Field(max_length=20)] = ()
    categories: Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Field(max_length=50)] = ()
    since: date | None = None
    until: date | None = None
    author: str = Field(default="", max_length=200)
    seen: bool | None = None
    liked: bool | None = None
    where: Literal["library", "arxiv"] = "library"


class Recommend(Request):
    """The best papers of the last `days` that the user has not been shown."""

    subject = "ranker.recommend"
    reply = HitsReply
    days: int = Field(default=60, ge=1, le=36500)
    limit: int = Field(default=20, ge=1, le=200)
    user: str = DEFAULT_USER


class Influence(Message):
    """How much one verdict (or seed) moved a score; negative is against."""

    paper_id: str
    title: str
    weight: float


class WordInfluence(Message):
    """How much a word speaks for a paper (log odds), or how many liked papers share a tag; negative is against."""

    text: str
    weight: float


class ExplainReply(Reply):
    """Why a paper was picked or not: its fate in each selection, and the verdicts, words and tags that decided.

    An influence is how much lower the merit were without that verdict; `probability` None: it cannot be said yet;
    `changes` says what would have made the newest selection pick it.
    """

    paper_id: PaperId
    score: float | None = None
    regime: str = ""
    fates: tuple[str, ...] = ()
    influences: tuple[Influence, ...] = ()
    probability: float | None = None
    words: tuple[WordInfluence, ...] = ()
    tags: tuple[WordInfluence, ...] = ()
    changes: tuple[str, ...] = ()


class Explain(Request):
    """Why, or why not, this paper."""

    subject = "ranker.explain"
    reply = ExplainReply
    paper_id: PaperId
    user: str = DEFAULT_USER


Wish = Literal["boost", "mute", "clear"]


class InterestFacet(Message):
    """Something a user likes more of than chance explains. `lift` is how many times more, with its 95 % interval;
    `lift_within` compares with papers of the same categories; `doubt` is the share of false ones among such facets.

    `crosses` says that it spans fields and that no category names it; `named_by` is the category that does.
    `side` says where its words stand: in the papers' `problem`, their `method`, or `both`.
    """

    key: str
    name: str
    paper_ids: tuple[PaperId, ...]
    share: float
    lift: float
    lift_low: float
    lift_high: float
    lift_within: float
    doubt: float
    categories: tuple[tuple[str, int], ...] = ()
    crosses: bool = False
    named_by: str = ""
    side: Literal["problem", "method", "both"] = "both"
    problem: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    trend: tuple[tuple[str, float], ...] = ()
    direction: Literal["rising", "steady", "falling"] = "steady"
    wish: Wish = "clear"

    @property
    def sureness(self) -> str:
        """`doubt` in words."""
        if self.doubt < 0.001:
            return "very sure: fewer than 1 in 1,000 such findings is chance"
        if self.doubt < 0.01:
            return "sure: fewer than 1 in 100 such findings is chance"
        return "likely: fewer than 1 in 50 such findings is chance"


class InterestsReply(Reply):
    """Facets, surest first, found from so many `likes` against so many papers drawn at random (`sample`).

    `note` says why there are none, where there are none.
    """

    facets: tuple[InterestFacet, ...] = ()
    likes: int = 0
    sample: int = 0
    note: str = ""


class Interests(Request):
    """What a user likes, as facets."""

    subject = "ranker.interests"
    reply = InterestsReply
    deadline_seconds = 120.0
    user: str = DEFAULT_USER


class FacetWishReply(Reply):
    """The facet that the wish is about; its papers are how it is known again."""

    key: str
    name: str
    wish: Wish


class FacetWish(Request):
    """Show more of a facet (`boost`), less of it (`mute`), or take that back (`clear`)."""

    subject = "ranker.facet_wish"
    reply = FacetWishReply
    deadline_seconds = 120.0
    key: str = Field(min_length=1, max_length=100)
    wish: Wish
    user: str = DEFAULT_USER


class RelatedPaper(Message):
    paper_id: PaperId
    type: str
    score: float
    evidence: str = ""


class RelatedReply(Reply):
    papers: tuple[RelatedPaper, ...] = ()


class Related(Request):
    """Papers that were read and are linked to this one."""

    subject = "summarizer.related"
    reply = RelatedReply
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


class Ask(Request):
    """A question about papers that were read; all of them where none is named."""

    subject = "summarizer.ask"
    reply = AskReply
    deadline_seconds = 120.0
    question: str = Field(min_length=1, max_length=2000)
    paper_ids: PaperIdsOrNone = ()


REQUESTS: tuple[type[Request], ...] = (
    Lookup,
    ArxivSearch,
    Document,
    Encode,
    Search,
    Recommend,
    Explain,
    Interests,
    FacetWish,
    Related,
    Ask,
)
