"""Chunks as sentences that can be cited: each with its place, so that its words are the paper's, letter by letter."""

import re
from collections.abc import Sequence

from services.summarizer.evidence.oddities import oddities_of
from services.summarizer.evidence.places import Places
from services.summarizer.evidence.quotes import words_of
from services.summarizer.research.loop.question import Evidence, FoundChunk
from services.summarizer.text.passages import Passage, plain_text
from services.summarizer.text.sentences import split_sentences

_FEWEST_WORDS, _LONGEST_CHARS = 4, 900
_LEAST_LETTERS = 0.45
_NOT_PROSE = re.compile(r"^(?:references|bibliography|acknowledge?ments?|literature cited|works cited)\b", re.I)


def citable_sentences(chunk: FoundChunk, paper_title: str, document: str) -> list[Evidence]:
    """The sentences of a chunk that stand in the document word for word, in order, numbered from 0.

    `document` is the version's `document.md`, or the abstract. Sentences that read like orders to a model are left out.
    """
    if any(_NOT_PROSE.match(title.strip()) for title in chunk.titles[-1:]):
        return []
    texts = split_sentences(plain_text(chunk.text))
    hostile = _orders(chunk, texts)
    places = Places(chunk.text)
    evidence: list[Evidence] = []
    for text in texts:
        place = places.find(text) if is_citable(text) and text not in hostile else None
        start = _start_in(document, chunk, place) if place else None
        if place is None or start is None:
            continue
        raw = chunk.text[place.start : place.end]
        evidence.append(
            Evidence(
                number=len(evidence),
                paper_id=chunk.paper_id,
                version=chunk.version,
                paper_title=paper_title,
                chunk_id=chunk.chunk_id,
                titles=chunk.titles,
                page=chunk.page,
                text=text,
                raw=raw,
                start=start,
                end=start + len(raw),
            )
        )
    return evidence


def is_citable(text: str) -> bool:
    """Whether a sentence says something by itself: some words, not mostly a formula, not endless."""
    letters = sum(char.isalpha() or char.isspace() for char in text)
    return (
        len(words_of(text)) >= _FEWEST_WORDS and len(text) <= _LONGEST_CHARS and letters >= _LEAST_LETTERS * len(text)
    )


def numbered(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The same with numbers from 1, as a model and a reader count."""
    return tuple(each.model_copy(update={"number": number}) for number, each in enumerate(evidence, start=1))


def _start_in(document: str, chunk: FoundChunk, place: tuple[int, int]) -> int | None:
    """Where the words stand in the document; None where they do not."""
    raw = chunk.text[slice(*place)]
    expected = chunk.start + place[0]
    if document[expected : expected + len(raw)] == raw:
        return expected
    at = document.find(raw, max(0, chunk.start - len(chunk.text)))
    at = at if at >= 0 else document.find(raw)
    return at if at >= 0 else None


def _orders(chunk: FoundChunk, texts: Sequence[str]) -> set[str]:
    """Sentences of a chunk that seem to tell a model what to do."""
    if not oddities_of([Passage(chunk.section, chunk.text)]):
        return set()
    pairs = [(texts[at], " ".join(texts[at : at + 2])) for at in range(len(texts))]
    return {
        text for text, with_next in pairs if oddities_of([Passage("", text)]) or oddities_of([Passage("", with_next)])
    }
