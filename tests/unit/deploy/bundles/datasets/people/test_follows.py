"""Follows of two places: of each thing the newest word counts."""

from datetime import timedelta
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.people.follows import Follow, FollowStore
from tests.support.folders.bundles import merge
from tests.support.folders.seed import NOON


def follow(days: int, *, followed: bool = True, value: str = "mira  oduya") -> Follow:
    return Follow(user="me", kind="author", value=value, followed=followed, at=NOON + timedelta(days=days))


def test_an_older_word_of_the_bundle_changes_nothing(whole: Path, empty: DataFolder) -> None:
    store = FollowStore(empty)
    store.put(follow(0))
    store.put(follow(5, followed=False))
    assert merge(whole, empty)["follows"].older == 3
    assert not store.has("me", "author", "Mira Oduya")


def test_a_newer_word_of_the_bundle_counts_and_is_told(whole: Path, empty: DataFolder) -> None:
    store = FollowStore(empty)
    store.put(follow(-2))
    store.put(follow(-1, followed=False))
    tally = merge(whole, empty)["follows"]
    assert store.has("me", "author", "Mira Oduya")
    assert tally.newer == 3
    assert "is followed, by a newer word" in tally.conflicts[0]
    assert merge(whole, empty)["follows"].same == 3


def test_what_is_followed_here_alone_stays(whole: Path, empty: DataFolder) -> None:
    FollowStore(empty).put(follow(0, value="R. Iyer"))
    merge(whole, empty)
    assert [word.value for word in FollowStore(empty).of("me")] == ["R. Iyer", "Mira Oduya"]
