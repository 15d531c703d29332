"""What a question asks, and whether a sentence speaks of it."""

import pytest

from services.summarizer.research.answers.relevance import (
    answers,
    asked_of,
    coverage,
    covered_by,
    missing_names,
    missing_numbers,
    names_in,
    spoken_of,
)
from services.summarizer.research.loop.question import Evidence


def evidence(text: str, cosine: float | None = 0.6, covered: float = 0.8) -> Evidence:
    return Evidence(
        number=1, paper_id="2610.00001", version=1, paper_title="T", chunk_id="c", titles=(), page=None, text=text,
        raw=text, start=0, end=len(text), cosine=cosine, coverage=covered,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What BLEU score does the Transformer reach?", ("BLEU", "Transformer")),
        ("How was ResNet-152 trained on CIFAR-10?", ("ResNet-152", "CIFAR-10")),
        ("Transformers are what?", ()),
        ("GPT-4 has how many layers?", ("GPT-4",)),
        ("how do trees grow?", ()),
    ],
)
def test_names_are_words_written_like_names(question: str, names: tuple[str, ...]) -> None:
    assert names_in(question) == names


@pytest.mark.parametrize(
    ("name", "text", "is_missing"),
    [
        ("English-to-German", "from English to German", False),
        ("English-to-Japanese", "from English to German", True),
        ("Transformers", "the Transformer", False),
        ("Self-Attention", "selfattention layers", False),
        ("BERT", "a transformer", True),
    ],
)
def test_a_name_is_there_however_it_is_spelt(name: str, text: str, is_missing: bool) -> None:
    assert bool(missing_names(asked_of(f"What is {name}?"), text)) == is_missing


def test_rare_words_weigh_more_and_words_beside_a_sentence_a_little_less() -> None:
    asked = asked_of("Which trees of tournament nodes?", ["trees and nodes", "trees", "trees of nodes"])
    assert coverage(asked, "tournament") > coverage(asked, "trees")
    assert coverage(asked, "trees", "tournament nodes") < coverage(asked, "trees, tournament nodes") == 1.0
    assert covered_by(asked, {"a": "trees of tournament nodes", "b": "whales"}) == {"a": 1.0, "b": 0.0}


@pytest.mark.parametrize(
    ("question", "sentence", "does"),
    [
        ("How many heads does it have?", evidence("It has 8 parallel attention heads."), True),
        ("How many heads does it have?", evidence("It has parallel attention heads."), False),
        ("Which heads does it have?", evidence("It has parallel attention heads."), True),
        ("Which heads does it have?", evidence("It has parallel attention heads.", cosine=0.1), False),
        ("Which heads does it have?", evidence("It has parallel attention heads.", covered=0.1), False),
        ("Which heads does it have?", evidence("It has heads.", cosine=None, covered=0.9), True),
        ("Which heads does it have?", evidence("It has heads.", cosine=None, covered=0.5), False),
    ],
)
def test_a_sentence_answers_by_meaning_words_and_a_number_where_one_is_asked(
    question: str, sentence: Evidence, does: bool
) -> None:
    assert answers(asked_of(question), sentence) == does


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("The Transformer has no recurrence. Order is encoded.", 1.0),
        ("The Transformer has no recurrence.", 0.0),
        ("Order.", 0.0),
    ],
)
def test_a_paper_speaks_of_a_question_whose_words_and_names_it_has(text: str, part: float) -> None:
    found = spoken_of(asked_of("How does the Transformer know the order?"), text)
    assert found == part or (part == 0.0 and found < 0.9)


def test_a_sentence_in_other_words_answers_where_its_paper_speaks_of_all_that_is_asked() -> None:
    asked, sentence = asked_of("How do they know the order?"), evidence("Sums of waves are added.", 0.6, covered=0.1)
    assert answers(asked, sentence, 1.0)
    assert not answers(asked, sentence, 0.5)
    assert not answers(asked, sentence.model_copy(update={"cosine": 0.4}), 1.0)


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        (
            "How much is lost with 70-billion-parameter models?",
            "models between 1 and 13 billion parameters",
            ["70-billion"],
        ),
        ("How much is lost with 13B models?", "models between 1 and 13 billion parameters", []),
        ("What is produced at 100 TeV?", "at 14 TeV", ["100"]),
        ("How does it work with two-bit weights?", "weights of four bits", ["2-bit"]),
        ("Which 3 reasons do papers since 2024 give?", "reasons", []),
        ("What does 2403.12345 say of over a thousand layers?", "1,202 layers", []),
        ("What does GPT-4 reach?", "GPT-4", []),
    ],
)
def test_a_number_of_the_question_must_stand_in_the_papers_in_some_form(
    question: str, text: str, missing: list[str]
) -> None:
    assert missing_numbers(asked_of(question), text) == missing


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("Planet b has a mass of 13 Earth masses.", True),
        ("Planet b orbits its star every 8.3 days.", False),
        ("The mass of planet b is not known.", False),
    ],
)
def test_who_asks_for_a_quantity_is_told_that_one(sentence: str, does: bool) -> None:
    assert answers(asked_of("What is the mass of planet b?"), evidence(sentence, 0.45)) == does


def test_a_question_that_a_paper_asks_is_no_answer() -> None:
    asked = asked_of("Why not cluster free tags afterwards?")
    assert not answers(asked, evidence("Would it be enough to cluster free tags afterwards?", 0.9, 1.0))
    assert answers(asked, evidence("To cluster free tags afterwards yields many wrong clusters.", 0.7, 1.0))


def test_a_number_of_the_question_is_no_answer_to_how_much() -> None:
    asked = asked_of("How much perplexity is lost at four bits?")
    assert not answers(asked, evidence("Rounding to four bits loses perplexity in few layers.", 0.8, 1.0))
    assert answers(asked, evidence("Rounding to four bits loses 0.21 of perplexity.", 0.8, 1.0))
