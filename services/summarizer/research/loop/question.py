"""A question as the loop works on it, and what is found on the way. All of it goes into the trace as JSON."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.summarizer.research.loop.ports import ChunkLike
from shared.contracts import DEFAULT_USER, Ask, Budget, Corpus


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Turn(Part):
    """An earlier question of the conversation and its answer, in short."""

    question: str
    answer: str


class Question(Part):
    """What was asked, by whom, of which papers; `history` is oldest first."""

    question: str
    user: str = DEFAULT_USER
    corpus: Corpus = Corpus()
    budget: Budget = Budget()
    conversation: str = ""
    ask_id: str = ""
    history: tuple[Turn, ...] = ()
    asked_at: AwareDatetime

    @classmethod
    def of(cls, request: Ask, asked_at: datetime, history: tuple[Turn, ...], ask_id: str) -> "Question":
        """`paper_ids` of the request narrow its corpus."""
        named = tuple(dict.fromkeys([*request.corpus.paper_ids, *request.paper_ids]))
        if request.corpus.paper_ids and request.paper_ids:
            named = tuple(paper_id for paper_id in request.corpus.paper_ids if paper_id in request.paper_ids)
        return cls(
            question=request.question,
            user=request.user,
            corpus=request.corpus.model_copy(update={"paper_ids": named}),
            budget=request.budget,
            conversation=request.conversation,
            ask_id=ask_id,
            history=history,
            asked_at=asked_at,
        )


class Plan(Part):
    """The question so that it stands alone, what to look for, and conditions that its words make.

    `about` are the words that an answer has to speak of: of a follow-up its own.
    """

    question: str
    about: str = ""
    queries: tuple[str, ...]
    corpus: Corpus
    by_model: bool = False


class FoundChunk(Part):
    """A chunk that was found for a query."""

    chunk_id: str
    paper_id: str
    version: int
    titles: tuple[str, ...] = ()
    text: str
    page: int | None = None
    start: int = 0
    end: int = 0
    title: str = ""
    chunker: str = ""
    position: int = 0
    score: float = 0.0

    @classmethod
    def of(cls, chunk: ChunkLike, score: float = 0.0) -> "FoundChunk":
        facts: dict[str, Any] = {name: getattr(chunk, name) for name in cls.model_fields if name != "score"}
        return cls(**facts, score=score)

    @property
    def section(self) -> str:
        return self.titles[-1] if self.titles else ""

    @property
    def is_abstract(self) -> bool:
        return self.titles == ("Abstract",)


class Evidence(Part):
    """A sentence that can be cited by its number: `raw` is `text[start:end]` of the paper, `text` the same as prose.

    `cosine` and `coverage` say how near it is to the question; `parts` have the coverage of each of its parts, if any.
    """

    number: int
    paper_id: str
    version: int
    paper_title: str
    chunk_id: str
    titles: tuple[str, ...]
    page: int | None
    text: str
    raw: str
    start: int
    end: int
    cosine: float | None = None
    coverage: float = 0.0
    parts: tuple[float, ...] = ()

    @property
    def relevance(self) -> float:
        """From 0 to 1; without vectors the words alone."""
        return self.coverage if self.cosine is None else 0.5 * max(0.0, self.cosine) + 0.5 * self.coverage


class Said(Part):
    """A sentence of an answer and the numbers of the evidence that it rests on; `why` it cannot stand, if so."""

    text: str
    sources: tuple[int, ...]
    why: str = ""


class Drafted(Part):
    """An answer before its check."""

    answered: bool = True
    sentences: tuple[Said, ...] = ()
    disagreements: tuple[Said, ...] = ()
    missing: tuple[str, ...] = ()
