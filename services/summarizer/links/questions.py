"""The question to a model: how is this paper related to these? Papers' words are fenced; they are data."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from services.summarizer.links.candidates import Candidate
from services.summarizer.llm.messages import ChatMessage, fence_mark
from services.summarizer.text.passages import one_line, plain_text
from shared.store.papers.metadata import Paper
from shared.store.summaries import FieldValue

PROMPT = Path(__file__).with_name("link_question.md")
_SHOWN_FIELDS = ("problem", "method", "result", "limitations")
_OWN_CHARS, _OTHER_CHARS, _QUOTE_CHARS, _TITLE_CHARS = 2400, 900, 300, 250


def question(paper: Paper, fields: Sequence[FieldValue], candidates: Mapping[int, Candidate]) -> list[ChatMessage]:
    """The conversation that asks about candidates by number."""
    parts = [_described("This paper", paper, fields, _OWN_CHARS, ())]
    for number, candidate in candidates.items():
        others = candidate.summary.fields if candidate.summary else ()
        notes = [
            *(["This paper cites it."] if candidate.is_cited else []),
            *(["It cites this paper."] if candidate.cites_this else []),
        ]
        parts.append(_described(f"Paper {number}", candidate.paper, others, _OTHER_CHARS, notes))
    text = "\n\n".join(parts)
    mark = fence_mark(text)
    return [
        {"role": "system", "content": _template().replace("{mark}", mark)},
        {"role": "user", "content": f"{mark}\n{text}\n{mark}"},
    ]


@cache
def _template() -> str:
    return PROMPT.read_text("utf-8")


def _described(name: str, paper: Paper, fields: Sequence[FieldValue], most_chars: int, notes: Sequence[str]) -> str:
    title = one_line(plain_text(paper.title))[:_TITLE_CHARS]
    abstract = one_line(plain_text(paper.abstract))[:most_chars]
    lines = [f"{name}: {title}", *notes, abstract]
    for field in fields:
        quote = next((quote.text for claim in field.claims for quote in claim.quotes if quote.found), "")
        if field.name in _SHOWN_FIELDS and quote and quote not in abstract:
            lines.append(f"{field.name}: {one_line(quote)[:_QUOTE_CHARS]}")
    return "\n".join(lines)
