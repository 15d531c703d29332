"""Picks of past days made again, on a person whose taste is known."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.ranker.replay.stage import RankReplay
from shared.contracts import now
from shared.errors import PapersysError
from shared.store.keeping.replays import Replay, ReplayRecord, ReplayRequest, ReplayStore
from shared.store.selections import SelectionStore
from tests.support.people.replayed_days import A_DAY, DIMENSION, ReplayedDays


def no_texts(alias: str, texts: object, kind: str) -> Any:
    return np.zeros((0, DIMENSION), np.float32)


def nothing(done: int, total: int) -> None:
    pass


def begun(days: ReplayedDays, **request: Any) -> Replay:
    wanted = ReplayRequest.model_validate({"stage": "rank", **request})
    return ReplayStore(days.data).put(ReplayRecord(name="try", request=wanted, begun_at=now()))


def figures(days: ReplayedDays, **request: Any) -> dict[str, Any]:
    replay, stage = begun(days, **request), RankReplay(days.settings, no_texts)
    stage.forecast(replay)
    stage.run(replay, nothing)
    return dict(stage.report(replay).figures["me"])  # type: ignore[arg-type]


def embedded_again(days: ReplayedDays, alias: str) -> None:
    own = begun(days, stage="embed", model=alias).own
    days.put_vectors(own, alias, range(len(days.days) * A_DAY))


@pytest.mark.proof
def test_with_nothing_changed_the_picks_are_those_that_were_recorded(tmp_path: Path) -> None:
    told = figures(ReplayedDays(tmp_path, stands="topics"))
    assert (told["days"], told["spearman"], told["gained"], told["lost"]) == (8, 1.0, 0, 0)
    assert told["control"]["kept"] == 8 * 5
    assert told["control"]["spearman"] == pytest.approx(1.0, abs=1e-9)


def test_another_number_of_picks_is_tried_where_it_is_asked_for(tmp_path: Path) -> None:
    days = ReplayedDays(tmp_path, stands="topics", days=2)
    told = figures(days, changes={"per_day": 3})
    assert (told["lost"] - told["gained"], told["spearman"]) == (2 * 2, pytest.approx(1.0))


@pytest.mark.proof
def test_a_model_that_sees_topics_foretells_later_likes_better_than_one_that_sees_noise(tmp_path: Path) -> None:
    days = ReplayedDays(tmp_path, stands="noise")
    embedded_again(days, "topics")
    told = figures(days, stage="embed", model="topics")
    assert told["auc_before"] < 0.65 < 0.85 < told["auc_after"]
    assert told["gain"]["low"] > 0
    assert told["gained_labels"].get("like", 0) > told["lost_labels"].get("like", 0)
    assert abs(told["spearman"]) < 0.5


@pytest.mark.proof
def test_the_other_way_round_it_is_worse(tmp_path: Path) -> None:
    days = ReplayedDays(tmp_path, stands="topics")
    embedded_again(days, "noise")
    told = figures(days, stage="embed", model="noise")
    assert told["auc_after"] < told["auc_before"]
    assert told["gain"]["high"] < 0


@pytest.mark.proof
def test_ratings_given_later_change_no_selection_that_is_made_again(tmp_path: Path) -> None:
    days = ReplayedDays(tmp_path, stands="topics", days=4)
    figures(days, changes={"diversity": 0.0})
    made = [SelectionStore(days.data.within("replays", "try", "after")).day(day.date()) for day in days.days]
    for number in range(3 * A_DAY, 4 * A_DAY):
        days.rate("dislike", number, days.days[-1] + timedelta(hours=1))
    (days.data.path("replays", "try") / "ranked.json").unlink()
    figures(days, changes={"diversity": 0.0})
    again = [SelectionStore(days.data.within("replays", "try", "after")).day(day.date()) for day in days.days]
    assert again == made
    assert any(one.outcome == "picked" for one in made[-1])


@pytest.mark.proof
def test_what_is_done_is_not_done_again_and_a_period_is_kept_to(tmp_path: Path) -> None:
    days = ReplayedDays(tmp_path, stands="topics", days=4)
    request = {"first_day": date(2026, 11, 3), "last_day": date(2026, 11, 4)}
    assert figures(days, **request)["days"] == 2
    steps: list[tuple[int, int]] = []
    RankReplay(days.settings, no_texts).run(begun(days, **request), lambda done, total: steps.append((done, total)))
    assert steps == []
    assert figures(days)["days"] == 4


def test_what_cannot_be_done_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    days = ReplayedDays(tmp_path, stands="topics", days=2)
    stage = RankReplay(days.settings, no_texts)
    for request, words in (
        ({"changes": {"diversty": 1}}, r"no setting 'diversty'"),
        ({"changes": {"diversity": 7}}, r"ranker.diversity"),
        ({"changes": {"follow_boost": 1}}, r"ranker.follow_boost is left out of past days"),
        ({"model": "noise"}, r"papersys replay embed --model noise"),
        ({"model": "none"}, r"no table \[embedding.models.none\]"),
        ({"first_day": date(2027, 1, 1)}, r"No selection of the period"),
    ):
        with pytest.raises(PapersysError, match=words):
            stage.forecast(begun(days, **request))


def test_a_model_that_lacks_papers_is_not_made_ready(tmp_path: Path) -> None:
    days = ReplayedDays(tmp_path, stands="topics", days=2)
    days.put_vectors(days.data, "noise", range(A_DAY))
    with pytest.raises(PapersysError, match="30 papers have no vector of noise"):
        RankReplay(days.settings, no_texts).make_ready(begun(days, model="noise"), nothing)
    days.put_vectors(days.data, "noise", range(A_DAY, 2 * A_DAY))
    RankReplay(days.settings, no_texts).make_ready(begun(days, model="noise"), nothing)
