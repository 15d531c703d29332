"""Institutions from the head of a paper."""

import pytest

from services.summarizer.roles.institutions import institutions_of
from services.summarizer.text.passages import Passage


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ("A Title A. Author Department of Physics, University of Oslo, Norway", ["University of Oslo"]),
        ("Ana Author† Example Inc. Mountain View ana@example.com", ["Example Inc"]),
        ("B. Author, Technical University of Munich; C. Author, Max Planck Institute for Physics", [
            "Technical University of Munich", "Max Planck Institute for Physics",
        ]),
        ("Jo Writer Example Research {jo, al}@example.org", ["Example Research"]),
        ("Nothing of the kind stands here.", []),
    ],
)  # fmt: skip
def test_names_are_taken_as_they_stand(head: str, names: list[str]) -> None:
    assert [name for name, _ in institutions_of([Passage("Text", head)])] == names


def test_a_name_is_listed_once_and_only_the_head_is_read() -> None:
    passages = [
        Passage("Abstract", "The University of Nowhere paid for it."),
        Passage("Text", "A, University of Oslo; B, University of Oslo"),
        Passage("5 Setting", "Data came from the University of Bergen."),
    ]
    assert [name for name, _ in institutions_of(passages)] == ["University of Oslo"]
