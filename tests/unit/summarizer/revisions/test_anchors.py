"""Quotes of a summary in a newer text."""

import pytest

from services.summarizer.revisions.anchors import Anchors
from shared.store.papers.documents import Section

TEXT = (
    "We train the model for twelve hours on eight large machines, which is short. "
    "It never fails on a mesh of 512 nodes."
)
MARKDOWN = f"# A title\n\n## Results\n\n{TEXT}\n"


@pytest.fixture
def anchors() -> Anchors:
    return Anchors(MARKDOWN, [Section(title="Results", level=2, text=TEXT)], "We study **meshes** of all kinds here.")


@pytest.mark.parametrize(
    ("quote", "fate"),
    [
        ("We train the model for twelve hours on eight large machines, which is short.", "same"),
        ("we train the model for twelve\nhours on eight large machines", "same"),
        ("We train our model for twelve hours on eight large machines, which is short.", "reworded"),
        ("We train the model for twelve hours on eight machines, which is rather short.", "reworded"),
        ("It never fails on a mesh of 256 nodes.", "gone"),
        ("It fails on a mesh of 512 nodes.", "gone"),
        ("Nothing of the kind was ever said in this paper at all.", "gone"),
        ("We study meshes of all kinds here.", "same"),
    ],
)
def test_a_quote_is_found_again_or_gone(anchors: Anchors, quote: str, fate: str) -> None:
    found, text, start, end = anchors.look_up(quote, "Results")
    assert found == fate
    assert bool(text) == (fate != "gone")
    if start is not None:
        assert MARKDOWN[start:end].strip()


@pytest.mark.parametrize(
    ("quote", "sentence", "fate"),
    [
        ("It needs at least 5 labels of every class.", "It needs at most 5 labels of every class.", "gone"),
        (
            "We assume that $n \\geq 3$ holds for each graph.",
            "We assume that $n \\leq 3$ holds for each graph.",
            "gone",
        ),
        ("The error falls by 5% for large windows there.", "The error falls by 5 for large windows there.", "gone"),
        ("The rate is -0.5 in all of our settings there.", "The rate is 0.5 in all of our settings there.", "gone"),
        (
            "It needs $n \\geq 3$ labels of every class there.",
            "It needs $n \\ge 3$ labels of every class here.",
            "reworded",
        ),
        (
            "We use three seeds in all of our settings there.",
            "We use 3 seeds in all of our settings there.",
            "reworded",
        ),
    ],
)
def test_a_sentence_that_was_turned_round_is_another_one(quote: str, sentence: str, fate: str) -> None:
    text = f"# T\n\n## Results\n\n{sentence}\n"
    assert Anchors(text, [Section(title="Results", level=2, text=sentence)], "").look_up(quote)[0] == fate
