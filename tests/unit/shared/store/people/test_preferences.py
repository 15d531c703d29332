"""The owner's ratings on disk: what was said counts as it was said, and what cannot have been said does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from services.ranker.features.training_examples import training_pools
from shared.contracts import FeedbackLabel
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import Rating, RatingStore, ratings_of

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def label(paper_id: str, rating: str, minute: int, **changes: object) -> FeedbackLabel:
    facts = {"event_id": f"{paper_id}-{minute}", "paper_ids": (paper_id,), "label": rating}
    return FeedbackLabel.model_validate({**facts, "occurred_at": NOON + timedelta(minutes=minute), **changes})


def test_the_newest_word_wins_and_clear_takes_it_back(data: DataFolder) -> None:
    store = RatingStore(data)
    for event in (label("2410.00001", "like", 3), label("2410.00001", "dislike", 1), label("2410.00002", "like", 1)):
        assert store.append(ratings_of(event)) == 1
    store.append(ratings_of(label("2410.00002", "clear", 2)))
    assert {key: rating.label for key, rating in store.current().items()} == {"2410.00001": "like"}
    earlier = store.current(as_of=NOON + timedelta(minutes=1))
    assert {key: rating.label for key, rating in earlier.items()} == {"2410.00001": "dislike", "2410.00002": "like"}


def test_a_rating_delivered_twice_is_stored_once_and_users_are_kept_apart(data: DataFolder) -> None:
    store = RatingStore(data)
    assert store.append(ratings_of(label("2410.12850", "like", 1))) == 1
    before = store.fingerprint()
    assert store.append(ratings_of(label("2410.12850", "like", 1))) == 0
    assert store.fingerprint() == before
    store.append(ratings_of(label("2410.12850", "dislike", 2, user="you")))
    assert store.current()["2410.12850"].label == "like"
    assert store.users() == {"me", "you"}


def test_a_rating_torn_by_a_kill_is_ignored_and_the_next_one_is_whole(data: DataFolder) -> None:
    store = RatingStore(data)
    store.append(ratings_of(label("2410.00001", "like", 1)))
    with data.path("preferences", "events-2026.csv").open("a") as file:
        file.write("half,a,rec")
    assert set(store.current()) == {"2410.00001"}
    store.append(ratings_of(label("2410.00002", "like", 2, source='a "quoted",\nsource')))
    assert set(store.current()) == {"2410.00001", "2410.00002"}


GOOD_LINE = "e1,2410.00009,me,like,cli,me,1.0,2026-11-05T12:00:00+00:00"


@pytest.mark.parametrize(
    "line",
    [
        GOOD_LINE.replace("2026-", "2999-"),
        GOOD_LINE.replace("2026-", "9999-"),
        GOOD_LINE.replace("2026-", "1970-"),
        GOOD_LINE.replace("1.0", "nan"),
        GOOD_LINE.replace("1.0", "inf"),
        GOOD_LINE.replace("1.0", "-1"),
        GOOD_LINE.replace("like", "adore"),
        GOOD_LINE.replace("2410.00009", "../../etc"),
        GOOD_LINE.replace("cli", '"cli'),
        GOOD_LINE.replace("cli", "x" * 20_000_000),
        GOOD_LINE[:30],
        "\0" * 60,
        GOOD_LINE.replace("cli", "c\rli"),
    ],
)
def test_a_line_that_cannot_be_a_rating_is_named_and_left_out_and_stays(
    data: DataFolder, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = RatingStore(data)
    store.append(ratings_of(label("2410.00001", "like", 1)))
    path = data.path("preferences", "events-2026.csv")
    data.append_lines(path, line + "\n")
    store.append(ratings_of(label("2410.00002", "dislike", 2)))
    for _ in range(2):
        assert [rating.paper_id for rating in store.all()] == ["2410.00001", "2410.00002"]
    assert (store.count(), store.users()) == (2, {"me"})
    assert line in path.read_bytes().decode()
    assert [record.getMessage().partition(",")[0] for record in caplog.records] == [str(path)]


def test_a_rating_from_the_future_wins_over_none_and_takes_no_weight_from_others(data: DataFolder) -> None:
    store = RatingStore(data)
    store.append(ratings_of(label("2410.00001", "like", 1)))
    ahead = Rating("e9", "2410.00001", "me", "dislike", "nats", "me", 1.0, datetime(2999, 1, 1, tzinfo=UTC))
    store.append([ahead, replace(ahead, paper_id="2410.00002", occurred_at=datetime(9999, 1, 1, tzinfo=UTC))])
    current = store.current()
    assert {name: rating.label for name, rating in current.items()} == {"2410.00001": "like"}
    vectors = np.eye(1, 3, dtype=np.float32)
    likes, _ = training_pools(current, ["2410.00001"], vectors, 3, half_life_days=30)
    assert likes.weights.tolist() == [1.0]


def test_a_clock_that_is_set_back_forgets_no_rating(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RatingStore(data)
    store.append(ratings_of(label("2410.00001", "like", 1)))
    monkeypatch.setattr("shared.store.files.csv_lines.now", lambda: datetime(1999, 1, 1, tzinfo=UTC))
    assert set(store.current()) == {"2410.00001"}


def test_bytes_that_are_no_text_spoil_a_cell_and_no_file(data: DataFolder) -> None:
    store = RatingStore(data)
    store.append(ratings_of(label("2410.00001", "like", 1)))
    path = data.path("preferences", "events-2026.csv")
    path.write_bytes(path.read_bytes() + GOOD_LINE.encode().replace(b"cli", b"c\xffi") + b"\n")
    assert [rating.source for rating in store.all()] == ["c\ufffdi", "nats"]


def test_what_another_process_adds_or_changes_in_a_file_that_was_read_is_seen(data: DataFolder) -> None:
    reading, writing = RatingStore(data), RatingStore(data)
    writing.append(ratings_of(FeedbackLabel(paper_ids=("2611.00001",), label="like")))
    assert set(reading.current()) == {"2611.00001"}
    mine = reading.fingerprint("me")
    writing.append(ratings_of(FeedbackLabel(paper_ids=("2611.00002",), label="like", user="anna")))
    assert set(reading.current("anna")) == {"2611.00002"}
    assert reading.fingerprint("me") == mine
    assert reading.users() == {"me", "anna"}
    (path,) = data.path("preferences").glob("events-*.csv")
    text = path.read_text()
    path.write_text(text.replace("2611.00001", "2611.00003") + text.splitlines()[1].replace("2611.0", "2612.0") + "\n")
    assert set(reading.current()) == {"2611.00003", "2612.00001"}
    with path.open("a") as file:
        file.write("torn")
    assert reading.count() == 3
    path.unlink()
    assert reading.users() == set()
