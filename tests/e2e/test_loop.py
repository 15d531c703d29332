"""The whole loop on real processes: harvest, pick, summarise, publish, reactions from outside, refit, other picks.

Reactions come as the poller of a public page sends them: `feedback.label` events with a stable id, each seen twice.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from nats.js import JetStreamContext

from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from shared.store.selections import Candidate, SelectionStore
from tests.support.system import System, running_system
from tests.support.waiting import eventually_sync

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("loop")]

PUBLISHED_SECONDS = 180


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """A demo whose days come one by one; the first is announced."""
    two_days = {"PAPERSYS_DEMO__DAYS": "2", "PAPERSYS_DEMO__DAYS_AT_START": "1", "PAPERSYS_RANKER__AUDIT": "0"}
    with running_system(tmp_path, **two_days) as running:
        yield running


def picks_of(system: System, number: int) -> dict[str, Candidate]:
    """The picks of the first, second ... day; none before its selection was made."""
    store = SelectionStore(DataFolder(system.data, 0))
    days = sorted(store.days())
    chosen = store.day(days[number - 1]) if len(days) >= number else []
    return {one.paper_id: one for one in chosen if one.outcome == "picked"}


def is_published(system: System, number: int) -> bool:
    """Whether each pick of a day has its file of the site."""
    written = {path.stem for path in system.data.joinpath("site").rglob("papers/*.md")}
    return bool(picks_of(system, number)) and set(picks_of(system, number)) <= written


def react(system: System, reactions: dict[str, str]) -> None:
    """Every reaction twice, as a poller that was restarted sends them."""

    async def work(js: JetStreamContext) -> None:
        for _ in range(2):
            for paper_id, label in reactions.items():
                event = {
                    "event_id": f"giscus-{paper_id}",
                    "paper_ids": [paper_id],
                    "label": label,
                    "source": "giscus",
                    "actor": "octocat",
                }
                await js.publish("feedback.label", json.dumps(event).encode())

    system.with_jetstream(work)


def picks_without_ratings(system: System, folder: Path, day: str) -> set[str]:
    """What the same ranker picks on a day where nobody has reacted."""
    shutil.copytree(system.data, folder, ignore=shutil.ignore_patterns("preferences", "nats", "me"))
    done = system.command(
        "rank",
        "--day",
        day,
        "--dry-run",
        "--force",
        "--json",
        env={**system.environment, "PAPERSYS_DATA__PATH": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    return {pick["paper_id"] for pick in json.loads(done.stdout)}


def test_reactions_to_what_was_published_change_the_next_days_picks(system: System, tmp_path: Path) -> None:
    eventually_sync(lambda: is_published(system, 1), PUBLISHED_SECONDS, "the first day is published", system.log_tail)
    first = sorted(picks_of(system, 1))
    reactions = dict.fromkeys(first[::2], "like") | dict.fromkeys(first[1::2], "dislike")
    react(system, reactions)

    ratings = RatingStore(DataFolder(system.data, 0))
    eventually_sync(lambda: len(ratings.current()) == len(reactions), 60, "each reaction is a rating")
    assert {name: rating.label for name, rating in ratings.current().items()} == reactions
    assert {(rating.source, rating.actor) for rating in ratings.all()} == {("giscus", "octocat")}
    assert len(ratings.all()) == len(reactions)

    model = system.data / "state" / "ranker" / "me" / "model.json"
    eventually_sync(lambda: json.loads(model.read_text())["ratings"] == len(reactions), 60, "the model knows them")
    assert system.command("demo", "next").returncode == 0
    eventually_sync(lambda: is_published(system, 2), PUBLISHED_SECONDS, "the second day is published", system.log_tail)

    second = picks_of(system, 2)
    day = next(iter(second.values())).day
    assert {one.regime for one in second.values()} == {"similarity"}
    assert set(second) != picks_without_ratings(system, tmp_path / "nobody", day.isoformat())
    best = min(second.values(), key=lambda one: one.rank or 0)
    explained = json.loads(system.command("why", best.paper_id, "--json").stdout)
    assert {one["label"] for one in explained["influences"]} & {"like", "dislike"}
    assert system.get(f"/paper/{best.paper_id}").status_code == 200
