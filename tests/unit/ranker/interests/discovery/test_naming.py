"""Facets have plain names: a phrase, or two that cover most of their papers."""

import pytest

from services.ranker.interests.discovery.evidence import Item, SummaryText
from services.ranker.interests.discovery.naming import is_apt, naming_phrases, written_name
from services.ranker.interests.discovery.phrases import as_written, phrases_of


def name(*texts: str) -> str:
    return written_name(as_written(naming_phrases([phrases_of(text) for text in texts], {}, 1000), texts))


PRUNING = ["We prune networks by pruning", "Pruning of networks", "Pruned models", "Structured pruning"]
QUANTIZED = ["Quantization at 4 bits", "Post-training quantization"]
RAG = ["Retrieval-augmented generation (RAG) for law", "On retrieval-augmented generation", "RAG fails", "Which RAG?"]


def test_a_second_phrase_covers_the_papers_that_the_first_does_not() -> None:
    assert name(*PRUNING, *QUANTIZED) == "Pruning and quantization"
    assert name(*PRUNING) == "Pruning"


def test_an_abbreviation_of_the_first_phrase_adds_nothing_and_keeps_its_capitals() -> None:
    assert name(*RAG[:2], "Retrieval-augmented generation at scale", RAG[3]) == "Retrieval-augmented generation"
    assert name("RAG fails", "Which RAG?", "Why RAG works") == "RAG"


def test_a_phrase_is_completed_by_the_word_that_mostly_stands_beside_it() -> None:
    assert name("Gaussian splatting", "Fast Gaussian splatting", "We use Gaussian splatting") == "Gaussian splatting"


@pytest.mark.parametrize(
    ("given", "apt"),
    [("Pruning", True), ("Pruning and quantization", True), ("Speech", False), ("", False), ("sparse-models", True)],
)
def test_a_name_is_apt_while_enough_papers_have_its_phrases_or_its_tag(given: str, *, apt: bool) -> None:
    summary = SummaryText(tags=("sparse-models",))
    items = [Item("1", text, "", "cs.LG", summary=summary) for text in (*PRUNING, *QUANTIZED)]
    assert is_apt(given, items) is apt
