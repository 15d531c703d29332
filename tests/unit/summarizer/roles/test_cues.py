"""Words that mark what a sentence does."""

import pytest

from services.summarizer.roles.cues import COUNTED, PATTERNS


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("authors act", "In this paper we propose a merge tree."),
        ("authors act", "We also annotate 2,000 questions."),
        ("contrast first", "However, it remains slow."),
        ("concession first", "While sorting is old, disks are slow."),
        ("others' work", "Existing deep learning methods need labels."),
        ("deficit", "This remains an open problem."),
        ("in answer", "To address this issue, a tree is used."),
        ("outcome first", "Extensive experiments on disks show it."),
        ("amount", "It is 3.5 times as fast."),
        ("amount", "Errors fall by 12 %."),
        ("code", "Code is available at the project page."),
        ("name first", "MergeTree keeps runs in memory."),
    ],
)
def test_a_sentence_has_the_cue(cue: str, text: str) -> None:
    assert PATTERNS[cue].search(text)


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("contrast first", "It is, however, slow."),
        ("name first", "Merge trees keep runs in memory."),
        ("authors act", "They propose a tree."),
    ],
)
def test_a_sentence_has_it_not(cue: str, text: str) -> None:
    assert not PATTERNS[cue].search(text)


def test_what_is_counted_is_a_cue() -> None:
    assert set(COUNTED) <= set(PATTERNS)
