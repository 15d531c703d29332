"""What must never be taken for one thing."""

import pytest

from services.summarizer.tags.matching.guards import must_differ
from shared.text.tag_words import tag_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("supervised learning", "unsupervised learning"),
        ("linear systems", "nonlinear systems"),
        ("forward problem", "backward problem"),
        ("x-ray sources", "gamma-ray sources"),
        ("2D materials", "3D materials"),
        ("K stars", "M stars"),
        ("C", "C++"),
        ("GPT-3", "GPT-4"),
        ("type I supernova", "type II supernova"),
        ("HI regions", "HII regions"),
        ("giant stars", "supergiant stars"),
        ("local search", "nonlocal search"),
        ("python import", "python import 2"),
        ("near-ultraviolet astronomy", "extreme-ultraviolet astronomy"),
    ],
)
def test_opposites_numbers_codes_and_prefixes_tell_tags_apart(one: str, other: str) -> None:
    assert must_differ(tag_words(one), tag_words(other))
    assert must_differ(tag_words(other), tag_words(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("galaxy cluster", "cluster of galaxies"), ("population II stars", "population 2 stars"), ("cats", "felines"),
     ("two body problem", "2-body problem"), ("sorting", "sort")],
)  # fmt: skip
def test_what_may_be_one_thing_is_not_forbidden(one: str, other: str) -> None:
    assert not must_differ(tag_words(one), tag_words(other))
