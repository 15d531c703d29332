"""Follows on disk: the newest word counts, each user has their own, and no line spoils another."""

from datetime import UTC, datetime

import pytest

from shared.contracts import FollowKind
from shared.errors import PermanentFailure
from shared.store.files.data_folder import DataFolder
from shared.store.people import follows
from shared.store.people.follows import Follow, FollowStore

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def follow(kind: FollowKind, value: str, *, user: str = "me", followed: bool = True) -> Follow:
    return Follow(user=user, kind=kind, value=value, followed=followed, at=NOON)


def test_what_is_followed_is_listed_in_order_and_an_end_takes_it_away(data: DataFolder) -> None:
    store = FollowStore(data)
    words = [follow("author", "Ada Lovelace"), follow("phrase", "graph networks"), follow("author", "X", user="you")]
    assert all(map(store.put, words))
    assert store.of() == words[:2]
    assert store.put(follow("author", "ada  lovelace", followed=False))
    assert (store.of(), store.users(), store.count()) == (words[1:2], ["me", "you"], 2)
    assert FollowStore(data).of() == words[1:2]


def test_the_same_word_twice_is_stored_once(data: DataFolder) -> None:
    store = FollowStore(data)
    assert store.put(follow("category", "cs.LG"))
    assert not store.put(follow("category", "CS.lg"))
    assert not store.put(follow("tag", "pruning", followed=False))
    assert len(store.path.read_text().splitlines()) == 1
    assert store.has("me", "category", "cs.lg")
    assert not store.has("you", "category", "cs.LG")


def test_a_line_that_cannot_be_read_is_passed_over_and_a_torn_one_is_cut_off(data: DataFolder) -> None:
    store = FollowStore(data)
    store.put(follow("tag", "pruning"))
    with store.path.open("a") as file:
        file.write('{"kind": "planet", "value": "Mars"}\n{"kind": "tag", "val')
    assert [one.value for one in store.of()] == ["pruning"]
    store.put(follow("tag", "attention"))
    assert [one.value for one in store.of()] == ["pruning", "attention"]


def test_there_is_a_most(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follows, "MOST_FOLLOWS", 1)
    store = FollowStore(data)
    store.put(follow("tag", "pruning"))
    with pytest.raises(PermanentFailure, match="unfollow one first"):
        store.put(follow("tag", "attention"))
    assert store.put(follow("tag", "attention", user="you"))
