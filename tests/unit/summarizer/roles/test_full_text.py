"""Sentences of the body of a paper."""

import pytest

from services.summarizer.roles.full_text import BodyRole, admitted_in, body_candidate, limitation
from services.summarizer.text.passages import Passage
from services.summarizer.text.sentences import sentences_of

PAPER = (
    Passage("Abstract", "We sort very large files by trees. The method does not support records larger than a page."),
    Passage(
        "1 Introduction",
        "Disks are old. The main problem is that memory remains too small for the heads of all runs. In this paper we "
        "propose a tree of tournament nodes. It is drawn in Figure 2 and was never built before by anybody.",
    ),
    Passage(
        "2 Related work", "However, the problem of sorting remains expensive and difficult for Knuth and his students."
    ),
    Passage(
        "4 Experiments", "We evaluated the tree on 12 data sets with 300 runs each. It beats today's merge sort by far."
    ),
    Passage("5 Conclusion", "We have shown that tournament trees sort files within 3 passes. We like them a lot."),
)  # fmt: skip
SENTENCES = sentences_of(PAPER)


@pytest.mark.parametrize(
    ("role", "beginning"),
    [
        ("problem", "The main problem is"),
        ("method", "In this paper we propose"),
        ("experiment", "We evaluated the tree on 12"),
        ("result", "We have shown that"),
        ("summary", "We have shown that"),
    ],
)
def test_each_role_is_found_by_section_and_words(role: BodyRole, beginning: str) -> None:
    found = body_candidate(SENTENCES, role, frozenset())
    assert found is not None
    assert found.text.startswith(beginning)


def test_what_is_taken_is_not_chosen_again_and_nothing_unsure_takes_its_place() -> None:
    taken = frozenset(one.text for one in SENTENCES if one.text.startswith("We evaluated"))
    assert body_candidate(SENTENCES, "experiment", taken) is None


def test_a_limitations_section_holds_limitations_whatever_its_words() -> None:
    named = Passage("6 Limitations", "Our tests ran on a single laptop in one warm week of June.")
    found = limitation(sentences_of((*PAPER, named)), frozenset())
    assert found is not None
    assert found.section == "6 Limitations"


def test_without_such_a_section_the_abstract_may_state_one_and_a_paper_may_state_none() -> None:
    found = limitation(SENTENCES, frozenset())
    assert found is not None
    assert found.text.startswith("The method does not support")
    assert limitation(sentences_of(PAPER[1:4]), frozenset()) is None


def test_a_conclusion_may_state_one_too() -> None:
    closing = Passage("7 Conclusion and future work", "We leave trees on several disks for future work of our group.")
    found = limitation(sentences_of((*PAPER[1:], closing)), frozenset())
    assert found is not None
    assert found.text.startswith("We leave trees")


def test_the_rows_of_an_abstract_that_admit_a_limit() -> None:
    assert admitted_in(["Disks do not work.", "We sort files.", "It does not support pages."]) == {2}
