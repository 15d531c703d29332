"""When ratings of older systems were given, as far as files say."""

from datetime import UTC, datetime

from deploy.migrating.records.rating_rows import month_end_in, with_times
from shared.text.rating_files.rated_rows import RatedRow, RatingFile, Said

NOW = datetime(2025, 10, 10, tzinfo=UTC)


def file(name: str, **said: Said) -> RatingFile:
    rows = tuple(RatedRow(number, word, f"2401.0000{key[-1]}") for number, (key, word) in enumerate(said.items(), 2))
    return RatingFile(name, "CSV", rows)


def test_a_month_in_a_name_is_when_its_ratings_were_given_at_the_latest() -> None:
    assert month_end_in("preference/2025-04.csv", NOW) == datetime(2025, 4, 30, 23, 59, 59, tzinfo=UTC)
    assert month_end_in("likes_202502.csv", NOW) == datetime(2025, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert month_end_in("2025-10.csv", NOW) == datetime(2025, 10, 1, tzinfo=UTC)
    assert month_end_in("2025-11.csv", NOW) is None
    assert month_end_in("init.csv", NOW) is None


def test_a_line_that_is_repeated_in_later_months_has_the_time_of_the_first() -> None:
    first, second, third = with_times(
        [
            file("2025-06.csv", p1="like", p2="dislike"),
            file("init.csv", p3="like"),
            file("2025-04.csv", p1="like", p2="like"),
        ],
        NOW,
    )
    assert [each.name for each in (first, second, third)] == ["init.csv", "2025-04.csv", "2025-06.csv"]
    assert first.rows[0].rated_at is None
    april, june = (datetime(2025, month, 30, 23, 59, 59, tzinfo=UTC) for month in (4, 6))
    assert [row.rated_at for row in third.rows] == [april, june]
