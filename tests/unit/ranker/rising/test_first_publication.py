"""When papers were first published."""

from datetime import UTC, date, datetime

import pytest

from services.ranker.rising.first_publication import first_published, months_back, newest_day
from shared.store.papers.metadata import Paper


def paper(paper_id: str, published: datetime | None) -> Paper:
    return Paper(paper_id, 1, "t", "a", (), ("cs.LG",), "cs.LG", published, published)


@pytest.mark.parametrize(
    ("paper_id", "published", "day"),
    [
        ("2603.00001", datetime(2026, 3, 5, 23, tzinfo=UTC), date(2026, 3, 5)),
        ("2603.00001", datetime(2026, 2, 27, tzinfo=UTC), date(2026, 2, 27)),
        ("2603.00001", datetime(2026, 10, 5, tzinfo=UTC), date(2026, 3, 31)),
        ("hep-th/9912001", datetime(2026, 10, 5, tzinfo=UTC), date(1999, 12, 31)),
        ("2603.00001", None, None),
    ],
)
def test_a_later_versions_day_is_not_taken_for_the_first(
    paper_id: str, published: datetime | None, day: date | None
) -> None:
    assert first_published(paper(paper_id, published)) == day


def test_the_months_looked_at_hold_ids_given_days_later() -> None:
    assert sorted(months_back(date(2026, 10, 20), 40)) == ["2026-09", "2026-10", "2026-11"]
    assert min(months_back(date(2026, 10, 31))) == "2026-04"


def test_a_day_of_the_future_does_not_count_as_the_newest() -> None:
    papers = [paper("2610.00001", datetime(2026, 10, day, tzinfo=UTC)) for day in (3, *[9] * 12, 30)]
    assert newest_day(papers, date(2026, 10, 10)) == date(2026, 10, 9)
    assert newest_day(papers, date(2026, 10, 1)) is None


def test_a_few_papers_that_were_looked_up_do_not_make_the_newest_day() -> None:
    strays = [paper("2611.00001", datetime(2026, 11, day, tzinfo=UTC)) for day in (5, 6, 7)]
    harvested = [paper("2609.00001", datetime(2026, 9, 1 + number, tzinfo=UTC)) for number in range(20)]
    older = [paper("2608.00001", datetime(2026, 8, 1, tzinfo=UTC))] * 50
    assert newest_day([*strays, *harvested, *older], date(2026, 11, 10)) == date(2026, 9, 14)
    assert newest_day(strays, date(2026, 11, 10)) == date(2026, 11, 5)
