"""What other researchers answered, as results of the contract, each under its name and with nothing hidden in it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from shared.contracts import Citation, Confidence, ConfidenceFactor, Gap, GapKind, ResearchResult
from shared.text.safe.quoted_matter import quoted, quoted_line, seen

_PLACES = ("quoted", "result")
_LONGEST_ANSWER = 20_000
_MOST_CITATIONS = 200


def result_of(
    content: Mapping[str, Any] | str, name: str, question: str, asked_at: datetime, finished_at: datetime
) -> ResearchResult:
    """A result of the contract wherever it stands in what was answered; else its text, which nothing here bears out."""
    if isinstance(content, Mapping):
        for candidate in _candidates(content):
            try:
                return _named(ResearchResult.model_validate(candidate), name)
            except ValidationError:
                continue
    text = content if isinstance(content, str) else _text_in(content)
    if not text.strip():
        why = "" if isinstance(content, str) else str(content.get("problem") or "")
        told = f"gave no answer: {why}" if why else "gave no answer that can be read"
        return failed(name, question, told, asked_at, finished_at, "declined")
    return ResearchResult(
        trace_id="",
        question=question,
        outcome="partial",
        mode="llm",
        answer=quoted(text[:_LONGEST_ANSWER]),
        gaps=(Gap(kind="not_found", text=f"{name} gave no citations that can be looked up."),),
        confidence=Confidence(value=0.0, factors=(_not_looked_up(name),)),
        researcher=name,
        asked_at=asked_at,
        finished_at=finished_at,
    )


def failed(
    name: str, question: str, why: str, asked_at: datetime, finished_at: datetime, kind: GapKind = "unreachable"
) -> ResearchResult:
    """No answer, and the reason as a gap."""
    told = f"{name} {quoted_line(why, 500)}"
    return ResearchResult(
        trace_id="",
        question=question,
        outcome="declined",
        mode="llm",
        answer="",
        gaps=(Gap(kind=kind, text=f"{told}{'' if told.endswith('.') else '.'}"),),
        researcher=name,
        asked_at=asked_at,
        finished_at=finished_at,
    )


def _candidates(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield content
    for place in _PLACES:
        inner = content.get(place)
        if isinstance(inner, Mapping):
            yield from _candidates(inner)


def _text_in(content: Mapping[str, Any]) -> str:
    found = (content.get(name) for name in ("answer", "result", "text"))
    return next((text for text in found if isinstance(text, str)), "")


def _named(result: ResearchResult, name: str) -> ResearchResult:
    """Cleaned of what acts or hides; its citations say whose they are."""
    clean = ResearchResult.model_validate(_clean(result.model_dump(mode="json")))
    return clean.model_copy(
        update={
            "researcher": name,
            "citations": tuple(_citation(citation, name) for citation in clean.citations[:_MOST_CITATIONS]),
            "confidence": Confidence(
                value=clean.confidence.value, factors=(*clean.confidence.factors, _not_looked_up(name))
            ),
        }
    )


def _citation(citation: Citation, name: str) -> Citation:
    url = citation.url if citation.url.startswith(("https://", "http://")) else ""
    return citation.model_copy(update={"researcher": name, "url": url})


def _clean(value: Any, key: str = "") -> Any:
    if isinstance(value, str):
        return (
            seen(value) if key == "raw_excerpt" else quoted(value[:_LONGEST_ANSWER]) if key in _PROSE else seen(value)
        )
    if isinstance(value, dict):
        return {name: _clean(item, name) for name, item in value.items()}
    return [_clean(item, key) for item in value] if isinstance(value, list) else value


_PROSE: Sequence[str] = ("answer", "text", "title", "section", "locator", "reason")


def _not_looked_up(name: str) -> ConfidenceFactor:
    return ConfidenceFactor(name="looked_up", value=0.0, text=f"what {name} cites was not looked up here")
