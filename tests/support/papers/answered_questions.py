"""Questions and answers as the summarizer leaves them, for the faces that show them."""

import json
from datetime import UTC, datetime
from typing import Any

from shared.contracts import AnswerSentence, Citation, Confidence, Corpus, Discovery, Gap, ResearchCost, ResearchResult
from shared.store.files.data_folder import DataFolder
from tests.support.folders.seed import GRAPHS

ASKED_AT = datetime(2026, 11, 6, 12, tzinfo=UTC)
TRACE_ID = "20261106T120000000000-0a1b2c"
EXCERPT = "walks of length $k$ are counted"


def trace_id_of(number: int) -> str:
    return f"20261106T1200{number:02d}000000-0a1b2c"


def cited(number: int, excerpt: str = EXCERPT, **facts: Any) -> Citation:
    given = {"paper_id": GRAPHS, "version": 1, "title": "Message passing on sparse graphs", "section": "Method"}
    url, locator = f"https://arxiv.org/abs/{GRAPHS}v1", "Method"
    return Citation.model_validate(
        {"number": number, "url": url, "locator": locator, "raw_excerpt": excerpt, **given, **facts}
    )


def answered(trace_id: str = TRACE_ID, **facts: Any) -> ResearchResult:
    """An answer of one sentence."""
    sentence = AnswerSentence(text="Walks are counted by their length [1].", citations=(1,))
    given: dict[str, Any] = {
        "trace_id": trace_id,
        "question": "How are walks counted?",
        "outcome": "answered",
        "mode": "extractive",
        "answer": sentence.text,
        "sentences": (sentence,),
        "citations": (cited(1),),
        "gaps": (Gap(kind="not_found", text="Nothing was found about weighted walks."),),
        "discoveries": (Discovery(title="Counting walks", paper_id="2601.00001", cited_by=(GRAPHS,)),),
        "confidence": Confidence(value=0.7),
        "cost": ResearchCost(seconds=1.5, embedding_calls=1),
        "sources": (GRAPHS,),
        "asked_at": ASKED_AT,
        "finished_at": ASKED_AT,
    }
    return ResearchResult.model_validate({**given, **facts})


def write_steps(data: DataFolder, trace_id: str, *steps: dict[str, Any]) -> None:
    """Append steps to a trace."""
    path = data.path("traces", f"{trace_id[:4]}-{trace_id[4:6]}", f"{trace_id}.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        for step in steps:
            file.write(json.dumps({"at": ASKED_AT.isoformat(), **step}) + "\n")


def write_question(
    data: DataFolder, trace_id: str = TRACE_ID, result: ResearchResult | None = None, user: str = "me", **facts: Any
) -> None:
    """A question as it is asked, and its answer where one is given."""
    question = facts.pop("question", "How are walks counted?")
    asked = {"step": "asked", "question": question, "user": user, "corpus": Corpus().model_dump(mode="json"), **facts}
    write_steps(data, trace_id, asked, {"step": "retrieved", "query": "walks"})
    if result is not None:
        write_steps(data, trace_id, {"step": "answered", "result": result.model_dump(mode="json")})
