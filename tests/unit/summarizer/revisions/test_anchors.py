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
