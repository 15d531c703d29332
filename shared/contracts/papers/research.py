"""Questions about papers: which papers are asked, what an answer is, and what it rests on."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from shared.contracts.base import DEFAULT_USER, MAX_NAME_CHARACTERS, Message, PaperIdsOrNone, Reply, Request
from shared.paper_ids import AnyPaperId

CorpusKind = Literal["mine", "list", "read", "all"]
GapKind = Literal["declined", "not_found", "struck", "budget", "unreachable"]
DEFAULT_ASK_SECONDS = 100.0
MOST_QUESTION_CHARACTERS = 2000


class Corpus(Message):
    """The papers that are asked, narrowed by each condition that is given.

    `mine` is the reading list and the summarised papers, `list` and `read` are one of the two, `all` the abstracts of
    everything that was harvested. Days are those of the papers' first submission, both inclusive.
    """

    kind: CorpusKind = "mine"
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    from_date: date | None = None
    until_date: date | None = None
    paper_ids: tuple[AnyPaperId, ...] = Field(default=(), max_length=500)


_DOI = re.compile(r"10\.\d{4,9}/[^\s<>\"'`\\]{1,280}")


class Budget(Message):
    """What one question may cost; None is what the settings say."""

    tokens: int | None = Field(default=None, ge=0)
    money: float | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, gt=0)


class Citation(Message):
    """Words that stand in a paper, letter by letter; the answer names them by `number`, as `[1]`.

    `start` and `end` count characters in the version's `document.md` (or in the abstract, where `section` is
    `Abstract`); `locator` says the place in words, `page` counts from 1 where pages are known. `url` names the version.
    `researcher` is who gave it, where that was somebody else: then nobody here looked it up.
    """

    number: int = Field(ge=1)
    paper_id: AnyPaperId
    version: int
    title: str
    url: str
    locator: str
    raw_excerpt: str
    section: str = ""
    page: int | None = None
    chunk_id: str = ""
    start: int | None = None
    end: int | None = None
    researcher: str = ""


class AnswerSentence(Message):
    """A sentence of the answer and the citations that it rests on, by their numbers."""

    text: str
    citations: tuple[int, ...]


class Gap(Message):
    """What the answer does not say, and why."""

    kind: GapKind
    text: str


class Disagreement(Message):
    """What papers say differently, each by its citations."""

    text: str
    citations: tuple[int, ...]


class Discovery(Message):
    """A paper that was met on the way and is not among those that were asked."""

    title: str
    paper_id: AnyPaperId | None = None
    doi: Annotated[str, AfterValidator(lambda doi: doi if _DOI.fullmatch(doi) else "")] = ""
    cited_by: tuple[AnyPaperId, ...] = ()
    reason: str = ""


class Recommendation(Message):
    """What to do next: a paper worth adding, a question worth asking."""

    text: str
    paper_id: AnyPaperId | None = None


class ConfidenceFactor(Message):
    name: str
    value: float
    text: str = ""


class Confidence(Message):
    """How far the answer can be trusted, from 0 to 1, and what speaks for and against it."""

    value: float = Field(ge=0, le=1)
    factors: tuple[ConfidenceFactor, ...] = ()


class ResearchCost(Message):
    """What an answer took; `money` in the currency of the settings, None where no price is known."""

    llm_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    embedding_calls: int = 0
    seconds: float = 0.0
    money: float | None = None
    currency: str = ""


class ResearchResult(Message):
    """An answer from papers, the same whichever papers were asked, and whoever answered (`researcher`).

    `answer` is Markdown without links or pictures: the sentences with their citations' numbers. Where `outcome` is
    `declined` nothing relevant was found, `answer` says so and there are no citations. `sources` are the papers that
    were looked at, in the order of their use.
    """

    trace_id: str
    question: str
    outcome: Literal["answered", "partial", "declined"]
    mode: Literal["llm", "extractive"]
    answer: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    discoveries: tuple[Discovery, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    confidence: Confidence = Confidence(value=0.0)
    cost: ResearchCost = ResearchCost()
    corpus: Corpus = Corpus()
    sources: tuple[AnyPaperId, ...] = ()
    models: tuple[str, ...] = ()
    prompt_hashes: tuple[str, ...] = ()
    researcher: str = "local"
    user: str = DEFAULT_USER
    conversation: str = ""
    asked_at: AwareDatetime
    finished_at: AwareDatetime


class CostEstimate(Message):
    """What a question is expected to cost at most."""

    llm_calls: int
    input_tokens: int
    output_tokens: int
    seconds: float | None = None
    money: float | None = None
    currency: str = ""


class Quote(Message):
    """Words that stand in a paper, letter by letter."""

    paper_id: AnyPaperId
    text: str
    section: str = ""


class AskReply(Reply):
    """An answer, or how far it has come.

    `answer`, `mode` and `quotes` are the result's in short. While `state` is `running` the answer is under way: asking
    again with the same `ask_id` waits for it, and `traces/<YYYY-MM>/<trace_id>.jsonl` says each step.
    """

    trace_id: str = ""
    state: Literal["done", "running", "failed", "estimated"] = "done"
    answer: str = ""
    mode: Literal["llm", "extractive"] = "extractive"
    quotes: tuple[Quote, ...] = ()
    result: ResearchResult | None = None
    estimate: CostEstimate | None = None
    problem: str = ""


class Ask(Request[AskReply]):
    """A question about papers; the same `ask_id` is the same question, which is answered and paid once.

    `paper_ids` narrows the corpus further. `conversation` is the `trace_id` of the question that this one follows.
    """

    subject = "summarizer.ask"
    deadline_seconds = 120.0
    question: str = Field(min_length=1, max_length=MOST_QUESTION_CHARACTERS)
    paper_ids: PaperIdsOrNone = ()
    corpus: Corpus = Corpus()
    budget: Budget = Budget()
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)
    conversation: str = Field(default="", max_length=80, pattern=r"^[A-Za-z0-9_-]*$")
    ask_id: str = Field(default="", max_length=80, pattern=r"^[A-Za-z0-9_-]*$")
    wait_seconds: float = Field(default=DEFAULT_ASK_SECONDS, ge=0, le=DEFAULT_ASK_SECONDS)
    estimate_only: bool = False


class CancelAskReply(Reply):
    was_running: bool


class CancelAsk(Request[CancelAskReply]):
    """Stop answering; what was paid stays in the trace."""

    subject = "summarizer.cancel_ask"
    trace_id: str = Field(max_length=80)


class PassageHit(Message):
    """A section, or a part of a long one, that fits a query; `text` is Markdown as it stands in the paper."""

    paper_id: AnyPaperId
    version: int
    title: str
    chunk_id: str
    section: str
    text: str
    score: float
    page: int | None = None
    start: int | None = None
    end: int | None = None


class FindPassagesReply(Reply):
    passages: tuple[PassageHit, ...] = ()


class FindPassages(Request[FindPassagesReply]):
    """The passages of a corpus that fit a query best, by words and by vectors."""

    subject = "summarizer.passages"
    deadline_seconds = 30.0
    query: str = Field(min_length=1, max_length=2000)
    corpus: Corpus = Corpus()
    limit: int = Field(default=10, ge=1, le=100)
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)
