"""A build that would take most pages away is a mistake; one bad file is not."""

from datetime import UTC, datetime

import pytest

from services.publisher.site.building.builds import LeftOut, Manifest
from services.publisher.site.building.lost_pages import loses_most_pages, loses_pages, new_pages

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def manifest(*names: str, without: str = "") -> Manifest:
    """`without` are papers that the build left out."""
    return Manifest(
        stamp="s", content="c", papers=dict.fromkeys(names, "h"), left_out=left_out(*without.split()), built_at=NOON
    )


def left_out(*names: str) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(file=f"papers/{name}.md", reason="title is missing.") for name in names)


@pytest.mark.parametrize(
    ("last", "names", "lost", "is_mistake"),
    [
        (manifest("a", "b", "c"), "abc", "ab", True),
        (manifest("a", "b", "c"), "abc", "a", False),
        (manifest("a", "b"), "ab", "a", False),
        (manifest("a", "b", without="a b"), "ab", "ab", False),
        (manifest(), "ab", "ab", False),
        (manifest("a", "b", "c"), "", "", False),  # their files were taken away on purpose
        (manifest("a"), "abcd", "bcd", False),
        (manifest("a"), "a", "a", True),
    ],
)
def test_more_than_half_of_the_pages_lost_at_once_is_a_mistake(
    last: Manifest, names: str, lost: str, is_mistake: bool
) -> None:
    said = loses_most_pages(last, manifest(*names), left_out(*lost))
    assert bool(said) == is_mistake
    if is_mistake:
        assert said.endswith("papers/a.md: title is missing.")


def test_a_paper_that_is_newly_left_out_or_gone_is_lost_and_one_that_is_back_is_new() -> None:
    assert loses_pages(manifest("a", "b"), manifest("a"), ())
    assert loses_pages(manifest("a", "b"), manifest("a", "b"), left_out("b"))
    assert not loses_pages(manifest("a", "b", without="b"), manifest("a", "b"), left_out("b"))
    assert new_pages(manifest("a", "b", without="b"), manifest("a", "b", "c")) == {"b", "c"}


def test_papers_that_a_person_hides_are_no_mistake() -> None:
    hidden = tuple(LeftOut(file=f"papers/{name}.md", reason="it says hidden: true") for name in "ab")
    assert loses_most_pages(manifest("a", "b"), manifest("a", "b"), hidden) == ""
