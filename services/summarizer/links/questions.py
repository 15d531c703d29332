"""The question to a model: how is this paper related to these? Papers' words are fenced; they are data.

Each sentence has a label, and the model names labels: what it gives as evidence is always what a paper says. (Asked to
copy passages, a model of 1.5 billion parameters gave words that stand in neither paper.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.summarizer.links.candidates import Candidate
from services.summarizer.llm.messages import ChatMessage, fence_mark
from services.summarizer.text.passages import ABSTRACT, one_line, plain_text
from services.summarizer.text.sentences import split_sentences
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import FieldValue, Quote

PROMPT = Path(__file__).with_name("link_question.md")
_SHOWN_FIELDS = ("problem", "method", "result", "limitations")
_OWN_CHARS, _OTHER_CHARS, _QUOTE_CHARS, _TITLE_CHARS = 2400, 900, 300, 250


@dataclass(frozen=True)
class LinkQuestion:
    """The conversation, and the sentences shown in it by their labels."""

    messages: list[ChatMessage]
    sentences: Mapping[str, Quote]


def question(paper: Paper, fields: Sequence[FieldValue], candidates: Mapping[int, Candidate]) -> LinkQuestion:
    """The question about candidates by number."""
    sentences = _labelled("t", _shown(paper, fields, _OWN_CHARS))
    parts = [_lines("This paper", paper, (), sentences)]
    for number, candidate in candidates.items():
        fields_of_other = candidate.summary.fields if candidate.summary else ()
        others = _labelled(f"{number}.", _shown(candidate.paper, fields_of_other, _OTHER_CHARS))
        parts.append(_lines(f"Paper {number}", candidate.paper, _notes(candidate), others))
        sentences |= others
    text = "\n\n".join(parts)
    mark = fence_mark(text)
    messages: list[ChatMessage] = [
        {"role": "system", "content": _template().replace("{mark}", mark)},
        {"role": "user", "content": f"{mark}\n{text}\n{mark}"},
    ]
    return LinkQuestion(messages, sentences)


@cache
def _template() -> str:
    return PROMPT.read_text("utf-8")


def _notes(candidate: Candidate) -> list[str]:
    return [
        *(["This paper cites it."] if candidate.is_cited else []),
        *(["It cites this paper."] if candidate.cites_this else []),
    ]


def _shown(paper: Paper, fields: Sequence[FieldValue], most_chars: int) -> list[Quote]:
    """The first sentences of the abstract, then of each field a quote of the paper's text that is not among them."""
    abstract = one_line(plain_text(paper.abstract))[:most_chars]
    shown = [Quote(text=sentence, section=ABSTRACT) for sentence in split_sentences(abstract)]
    for field in fields:
        quote = next((quote for claim in field.claims for quote in claim.quotes if quote.found), None)
        if field.name in _SHOWN_FIELDS and quote and quote.text not in abstract:
            shown.append(Quote(text=one_line(quote.text)[:_QUOTE_CHARS], section=quote.section or field.name))
    return shown


def _labelled(prefix: str, sentences: Sequence[Quote]) -> dict[str, Quote]:
    return {f"{prefix}{number}": sentence for number, sentence in enumerate(sentences, 1)}


def _lines(name: str, paper: Paper, notes: Sequence[str], sentences: Mapping[str, Quote]) -> str:
    title = one_line(plain_text(paper.title))[:_TITLE_CHARS]
    return "\n".join(
        [f"{name}: {title}", *notes, *(f"[{label}] {sentence.text}" for label, sentence in sentences.items())]
    )
