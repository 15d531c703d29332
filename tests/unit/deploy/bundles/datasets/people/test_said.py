"""Ratings of two places: the newest counts, and both places come to the same."""

import random
from pathlib import Path

import pytest

from shared.contracts import Label
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from shared.store.people.signals import SignalStore
from tests.support.folders.bundles import export, merge, rated, rewritten
from tests.support.folders.seed import GRAPHS, TIDES

PAPERS = (GRAPHS, TIDES)
LABELS: tuple[Label, ...] = ("like", "dislike", "clear")


def folder(root: Path, ratings: list[tuple[str, Label, int]]) -> DataFolder:
    data = DataFolder(root, min_free_mb=0)
    RatingStore(data).append(rated(paper_id, label, days) for paper_id, label, days in ratings)
    return data


@pytest.mark.parametrize(
    ("here", "there", "stands", "counts"),
    [
        (("like", 1), ("dislike", 2), "dislike", "that in the bundle"),
        (("like", 3), ("dislike", 2), "like", "that here"),
        (("like", 1), ("clear", 2), None, ""),
    ],
)
def test_the_newest_rating_counts_and_a_conflict_is_told(
    here: tuple[Label, int], there: tuple[Label, int], stands: str | None, counts: str, tmp_path: Path
) -> None:
    mine, theirs = folder(tmp_path / "a", [(GRAPHS, *here)]), folder(tmp_path / "b", [(GRAPHS, *there)])
    export(theirs, tmp_path / "b.zip")
    tally = merge(tmp_path / "b.zip", mine)["ratings"]
    rating = RatingStore(mine).current().get(GRAPHS)
    assert (rating.label if rating else None) == stands
    assert (tally.newer, tally.older) == ((0, 1) if counts == "that here" else (1, 0))
    assert [text.endswith(f"the newer counts, {counts}") for text in tally.conflicts] == ([True] if counts else [])


def test_two_places_that_take_each_others_bundle_agree(tmp_path: Path) -> None:
    chance = random.Random(4)
    given = [(chance.choice(PAPERS), chance.choice(LABELS), day) for day in range(14)]
    one, other = folder(tmp_path / "a", given[::2]), folder(tmp_path / "b", given[1::2])
    export(one, tmp_path / "a.zip")
    export(other, tmp_path / "b.zip")
    merge(tmp_path / "a.zip", other)
    merge(tmp_path / "b.zip", one)
    assert RatingStore(one).current() == RatingStore(other).current()
    assert RatingStore(one).count() == len(given)


def test_a_line_that_cannot_be_read_takes_no_other_with_it(whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    def spoil(content: bytes) -> bytes:
        header, *lines = content.splitlines(keepends=True)
        odd = [b"event,2611.00101,me,adore,reader,,1.0,2026-11-06T12:00:00+00:00\n", b"torn", b'"\n']
        future = b"event,2611.00101,me,like,reader,,1.0,2199-11-06T12:00:00+00:00\n"
        return b"".join((header, *odd, future, *lines))

    tally = merge(rewritten(whole, tmp_path / "odd.zip", {"ratings.csv": spoil}), empty)["ratings"]
    assert (tally.new, tally.refused) == (5, 3)
    assert "'adore' is no label" in tally.problems[0]
    assert "no time at which" in tally.problems[2]


def test_signals_are_stored_once(whole: Path, empty: DataFolder) -> None:
    merge(whole, empty)
    merge(whole, empty)
    assert [signal.value for signal in SignalStore(empty).all("anna")] == [41.5]
