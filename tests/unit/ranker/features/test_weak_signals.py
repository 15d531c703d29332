"""Each paper counts once, by what says most; a rating says more than any signal."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from services.ranker.features.history import History, past_of
from services.ranker.features.weak_signals import WeakSignal, signal_pools, strengths, weak_signals
from shared.contracts import Label
from shared.store.people.preferences import Rating
from shared.store.people.signals import Signal
from shared.store.vectors.embeddings import Vectors

START = datetime(2026, 11, 1, tzinfo=UTC)
NOW = START + timedelta(days=10)


class ReadSignal(Signal):
    """A signal with seconds, as time with the text has them."""

    value: float = 0.0


def signal(paper_id: str, kind: str, day: float = 0, value: float = 0.0) -> Signal:
    made = ReadSignal(f"{paper_id} {kind} {day}", "me", paper_id, kind, "reader", START + timedelta(days=day))  # type: ignore[arg-type]
    object.__setattr__(made, "value", value)
    return made


def kinds(signals: list[Signal], rated: dict[str, Label] | None = None) -> dict[WeakSignal, list[str]]:
    ratings = [Rating("r", name, "me", label, "t", "me", 1.0, START) for name, label in (rated or {}).items()]
    found = weak_signals(past_of(History(ratings, signals), NOW))
    return {kind: list(papers) for kind, papers in found.items()}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (["save"], "saved"),
        (["save", "unsave"], ""),
        (["skip"], "skipped"),
        (["skip", "save"], "saved"),
        (["save", "skip"], "saved"),
        (["open"], "opened"),
        (["open", "skip"], "skipped"),
        (["open", "unopen"], ""),
        (["read", "unopen"], ""),
        (["unopen", "read"], "opened"),
        (["click"], "opened"),
    ],
)
def test_a_paper_counts_once_by_what_says_most(said: list[str], found: str) -> None:
    papers = kinds([signal("a", kind, day) for day, kind in enumerate(said)])
    assert [kind for kind, names in papers.items() if names] == [found][: len(found)]


def test_what_is_rated_counts_no_more_and_what_was_cleared_does_again() -> None:
    said = [signal("a", "save"), signal("b", "save"), signal("c", "save")]
    assert kinds(said, {"a": "like", "b": "dislike", "c": "clear"})["saved"] == ["c"]


def test_opening_says_more_with_a_click_and_with_minutes_over_the_text() -> None:
    said = [signal("a", "open"), signal("b", "click"), signal("c", "read", value=180), signal("d", "read", value=1e9)]
    assert strengths([*said, signal("e", "read", value=float("nan"))]) == {"a": 1, "b": 2, "c": 3, "d": 5, "e": 1}


def test_signals_fade_as_ratings_do_and_papers_without_a_vector_are_left_out() -> None:
    said = [signal("a", "save", 0), signal("b", "save", 10 - 1e-9), signal("c", "save", 1)]
    pools = signal_pools(past_of(History([], said), NOW), Vectors(["a", "b"], np.eye(2, dtype=np.float32)), 2, 10.0)
    assert pools["saved"].names == ("a", "b")
    assert pools["saved"].weights.round(6).tolist() == [0.5, 1.0]
    assert len(pools["skipped"]) == len(pools["opened"]) == 0
