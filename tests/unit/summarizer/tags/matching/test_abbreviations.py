"""Short forms: known ones, those that papers define, those with several meanings."""

import pytest

from services.summarizer.tags.matching.abbreviations import Abbreviations, defined_in, numeronym_fits, well_known
from services.summarizer.tags.matching.forms import form_of
from shared.text.tag_words import tag_words


def meant(tag: str, *beside: str) -> str:
    return " ".join(well_known().within(map(tag_words, beside)).expanded(tag_words(tag)))


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("NLP", "natural language processing"),
        ("LLMs", "large language model"),
        ("deep RL", "deep reinforcement learning"),
        ("mssql-2005", "microsoft sql server 2005"),
        ("win forms", "windows form"),
        ("nothing known", "nothing known"),
    ],
)
def test_known_short_forms_are_written_out_within_longer_tags_too(tag: str, words: str) -> None:
    assert meant(tag) == words


def test_a_short_form_with_two_meanings_counts_only_beside_exactly_one_of_them() -> None:
    assert meant("LDA") == "lda"
    assert meant("LDA", "latent Dirichlet allocation") == "latent dirichlet allocation"
    assert meant("LDA", "latent Dirichlet allocation", "linear discriminant analysis") == "lda"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We train a convolutional neural network (CNN).", [("CNN", "convolutional neural network")]),
        ("Large language models (LLMs) help.", [("LLMs", "Large language models")]),
        ("retrieval-augmented generation (RAG)", [("RAG", "retrieval-augmented generation")]),
        ("the state of the art (SOTA)", []),
        ("It works (see Fig. 2) and (ours) too.", []),
        ("(CNN)", []),
    ],
)
def test_short_forms_are_learned_where_a_paper_defines_them(text: str, found: list[tuple[str, str]]) -> None:
    assert defined_in(text) == found


def test_what_a_paper_defines_comes_before_what_is_well_known() -> None:
    abbreviations = well_known().with_defined([("CNN", "cellular nonlinear network")])
    assert form_of("CNN", abbreviations).key == form_of("cellular nonlinear networks", abbreviations).key
    assert form_of("CNN", well_known()).key != form_of("CNN", abbreviations).key


def test_every_line_of_the_lists_says_what_is_meant() -> None:
    assert form_of("js", well_known()).key == form_of("javascript", Abbreviations({})).key


def test_numeronyms() -> None:
    assert numeronym_fits("k8s", "kubernetes")
    assert not numeronym_fits("k8s", "kubernetics-x")
    assert not numeronym_fits("kates", "kates")
