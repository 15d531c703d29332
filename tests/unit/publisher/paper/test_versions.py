"""Which versions of a paper are listed, and which can be compared."""

from services.publisher.paper.versions import versions_of
from tests.support.folders.seed import GRAPHS, TIDES, paper, summary


def test_versions_are_listed_newest_first_with_what_is_known_of_each() -> None:
    versions = versions_of(paper(GRAPHS), summary(GRAPHS), [1, 2])
    assert [(one.number, one.is_summarised, one.earlier_text) for one in versions.shown] == [
        (2, False, 1),
        (1, True, None),
    ]
    assert versions.is_behind


def test_a_text_that_is_not_stored_cannot_be_compared() -> None:
    assert [one.earlier_text for one in versions_of(paper(GRAPHS), None, [1]).shown] == [None, None]


def test_a_paper_with_one_version_is_not_behind() -> None:
    versions = versions_of(paper(TIDES), summary(TIDES), [])
    assert (len(versions.shown), versions.is_behind, versions.older) == (1, False, 0)


def test_of_very_many_versions_the_newest_are_listed() -> None:
    versions = versions_of(None, None, [30])
    assert (versions.shown[0].number, len(versions.shown), versions.older) == (30, 8, 22)
