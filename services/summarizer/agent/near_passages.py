"""Sentences of a paper that come near to a claim: a model that made up a quote is shown what it could copy."""

from collections.abc import Sequence

from services.summarizer.evidence.quotes import words_of
from services.summarizer.text.passages import Passage
from services.summarizer.text.sentences import sentences_of
from shared.store.papers.summaries import Claim, FieldValue
from shared.text.stop_words import STOP_WORDS

_MOST_PASSAGES, _FEWEST_SHARED = 2, 3


def near_passages(fields: Sequence[FieldValue], names: Sequence[str], passages: Sequence[Passage]) -> list[str]:
    """For the claims of these fields that nothing proves: the sentences with most words in common, each once."""
    claims = [
        claim for field in fields if field.name in names for claim in field.claims if not claim.found or claim.weak
    ]
    if not claims:
        return []
    sentences = [(sentence.text, _content(sentence.text)) for sentence in sentences_of(passages)]
    near: dict[str, None] = {}
    for claim in claims:
        wanted = _content(_said(claim))
        shared = sorted(((len(words & wanted), text) for text, words in sentences), key=lambda pair: -pair[0])
        near.update((text, None) for count, text in shared[:_MOST_PASSAGES] if count >= _FEWEST_SHARED)
    return list(near)


def _said(claim: Claim) -> str:
    return " ".join([claim.text, *(quote.text for quote in claim.quotes)])


def _content(text: str) -> set[str]:
    return {word for word in words_of(text) if word not in STOP_WORDS}
