"""Which paper a discussion is about."""

import pytest

from services.feedback.giscus.paper_titles import paper_of


@pytest.mark.parametrize(
    ("title", "paper_id"),
    [
        ("2403.12345", "2403.12345"),
        (" 2403.12345v2 ", "2403.12345"),
        ("arXiv:hep-th/9901001", "hep-th/9901001"),
        ("papers/2403.12345/", "2403.12345"),
        ("/papers/hep-th_9901001.html", "hep-th/9901001"),
        ("papers/hep-th/9901001", "hep-th/9901001"),
        ("https://ada.example/papers/2403.12345/index.html", "2403.12345"),
        ("https://arxiv.org/abs/2403.12345v3", "2403.12345"),
        ("About 2403.12345", None),
        ("Welcome to my papers", None),
        ("papers/", None),
        ("http://[", None),
        ("", None),
        ("2503.1234", None),
    ],
)
def test_a_title_names_a_paper(title: str, paper_id: str | None) -> None:
    assert paper_of(title) == paper_id
