"""A reference means a known paper only where it gives its whole title and its first author."""

import pytest

from services.publisher.reading.citations.titles import TitleIndex, paper_of
from shared.store.papers.documents import Reference
from shared.store.papers.metadata import Paper


def paper(paper_id: str, title: str, author: str) -> Paper:
    return Paper(paper_id, 1, title, "", (author, "B. Other"), ("cs.LG",), "cs.LG", None, None)


TITLES = TitleIndex(
    [
        paper("1706.03762", "Attention is all you need", "Ashish Vaswani"),
        paper("2001.00001", 'Schr\\"odinger bridges for sampling', "J. Müller"),
        paper("2001.00002", "Attention is all you need in speech separation", "Cem Subakan"),
        paper("2001.00003", "On walks", "Q. Adler"),
    ]
)


@pytest.mark.parametrize(
    ("text", "paper_id"),
    [
        ("A. Vaswani, N. Shazeer et al. *Attention Is All You Need*. NeurIPS, 2017.", "1706.03762"),
        ("Subakan, C. Attention is All You Need in Speech Separation. ICASSP 2021.", "2001.00002"),
        ('J. Muller. Schr\\"odinger Bridges for Sampling.', "2001.00001"),
        ("T. Lin. Attention is all you need for vision.", None),
        ("Q. Adler. On walks.", None),
        ("", None),
    ],
)
def test_which_paper_a_reference_means(text: str, paper_id: str | None) -> None:
    assert paper_of(Reference(text=text), TITLES) == paper_id


def test_the_id_in_a_reference_counts_more_than_its_title() -> None:
    reference = Reference(text="A. Vaswani. Attention is all you need.", arxiv_id="1234.56789")
    assert paper_of(reference, TITLES) == "1234.56789"
