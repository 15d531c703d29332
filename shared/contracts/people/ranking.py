"""What the ranker is asked: search, recommendations, and why a paper was picked or not."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, computed_field, model_validator

from shared.contracts.base import DEFAULT_USER, Message, Reply, Request
from shared.contracts.old_names import with_new_names
from shared.contracts.papers.fetching import FoundPaper
from shared.paper_ids import PaperId

Exclusion = Literal["withdrawn", "disliked", "already_read"]
"""Why a paper cannot be picked."""
CandidateOutcome = Literal["picked", "below_quota", "below_threshold", "near_duplicate", "thinned", Exclusion]
"""What became of a candidate of a selection: picked, or why not."""
Match = Literal["strong", "fair", "weak", ""]
"""How well a paper matches what its reader liked; empty where the ratings cannot tell yet."""


class Hit(Message):
    """A paper found, best first; `score` compares within one answer only.

    `title` and `snippet` (a passage of the abstract) are there where words were sought; what was found stands
    between MARK_START and MARK_END. `unknown` is a paper of arXiv's own search that was never harvested.
    `probability` that it is liked is there where the ratings can tell; a score is none. `details` are the numbers
    behind the reasons.
    """

    paper_id: PaperId
    score: float
    reasons: tuple[str, ...] = ()
    title: str = ""
    snippet: str = ""
    unknown: FoundPaper | None = None
    probability: float | None = None
    match: Match = ""
    details: tuple[str, ...] = ()


SearchOrder = Literal["relevance", "date", "match"]
"""By how well the query is met, by day of submission (newest first), or by the user's model."""


class HitsReply(Reply):
    """`note` says what could not be done, or is not all there yet; `regime` what recommendations rest on.

    A search says how many papers it found (`total`; `at_least`: or more), of which `hits` are a page, in what order
    they are, and in `problem` what in the query cannot be meant.
    """

    hits: tuple[Hit, ...] = ()
    note: str = ""
    regime: str = ""
    total: int = 0
    at_least: bool = False
    order: SearchOrder = "relevance"
    problem: str = ""


PublicationFilter = Literal["", "accepted", "published"]


class Search(Request[HitsReply]):
    """Papers by words and meaning, among all that were harvested, or among what arXiv's own search finds.

    The query knows "a phrase", -without, title:word, author:name, cat:cs.LG, from:2026-01 and to:2026. `like` asks for
    papers like these; `categories` may be archives (`cs`); dates are those of the first submission; `seen` papers were
    picked or rated, `disliked` ones only disliked; `publication` asks for papers that were accepted or published, or
    published, as their metadata say. The reply has the hits from `offset` on.
    """

    subject = "ranker.search"
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
    disliked: bool = False
    publication: PublicationFilter = ""
    where: Literal["library", "arxiv"] = "library"
    order: SearchOrder = "relevance"
    offset: int = Field(default=0, ge=0, le=1000)


class Recommend(Request[HitsReply]):
    """The best papers of the last `days` that the user has not been shown."""

    subject = "ranker.recommend"
    days: int = Field(default=60, ge=1, le=36500)
    limit: int = Field(default=20, ge=1, le=200)
    user: str = DEFAULT_USER


class Influence(Message):
    """How much one rating (or seed) moved a score; negative is against. `label` and `rated_at`: of a rating."""

    paper_id: str
    title: str
    weight: float
    label: Literal["like", "dislike", ""] = ""
    rated_at: AwareDatetime | None = None


class WordInfluence(Message):
    """The log odds of a word among liked papers, or how many liked papers share a tag; negative is against."""

    text: str
    weight: float


class ExplainReply(Reply):
    """Why a paper was picked or not: its outcome in each selection, and the ratings, words and tags that decided.

    An influence is how much lower the score (in standard deviations of random papers) would be without that rating;
    `probability` None: not known yet; `ahead_of` is the share of random papers that score lower (None: nothing to
    compare with); `changes` says what would have made the newest selection pick it; `signals` is how much lower the
    score would be without what was saved, skipped and opened.
    """

    paper_id: PaperId
    score: float | None = None
    regime: str = ""
    outcomes: tuple[str, ...] = ()
    influences: tuple[Influence, ...] = ()
    probability: float | None = None
    words: tuple[WordInfluence, ...] = ()
    tags: tuple[WordInfluence, ...] = ()
    changes: tuple[str, ...] = ()
    ahead_of: float | None = None
    match: Match = ""
    signals: float = 0.0

    @model_validator(mode="before")
    @classmethod
    def _read_old_names(cls, content: Any) -> Any:
        return with_new_names(content, {"fates": "outcomes"})

    @computed_field  # type: ignore[prop-decorator]
    @property
    def fates(self) -> tuple[str, ...]:
        """The outcomes under their old name, for programs that read it."""
        return self.outcomes


class Explain(Request[ExplainReply]):
    """Why, or why not, this paper."""

    subject = "ranker.explain"
    paper_id: PaperId
    user: str = DEFAULT_USER
