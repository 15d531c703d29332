"""Weeks of what picks missed, from two places."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.people.missed import MissedStore
from tests.support.folders.bundles import merge, rewritten
from tests.support.folders.seed import NOON
from tests.support.people.missed import missed_week


@pytest.mark.parametrize(("days", "more", "count"), [(-1, 0, "newer"), (1, 5, "older")])
def test_the_week_that_was_looked_at_later_counts(
    days: int, more: int, count: str, whole: Path, empty: DataFolder
) -> None:
    MissedStore(empty).put(missed_week(until=NOON, made_at=NOON + timedelta(days=days), more=5))
    tally = merge(whole, empty)["missed"]
    assert (tally.new, getattr(tally, count)) == (1, 1)
    (week,) = MissedStore(empty).of("me")
    assert week.more == more
    assert len(MissedStore(empty).of("anna")) == 1


def test_a_week_that_is_none_is_refused(whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    odd = rewritten(whole, tmp_path / "odd.zip", {"missed.jsonl": lambda text: text.replace(b"-W", b"/../W", 1)})
    tally = merge(odd, empty)["missed"]
    assert (tally.refused, tally.new) == (1, 1)
    assert "is no week" in tally.problems[0]
