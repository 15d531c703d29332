"""The whole loop on real processes: harvest, pick, summarise, publish, reactions from outside, refit, other picks.

Reactions are given in servers that behave like GitHub and Notion; the services poll them like the real ones.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.notion.properties import wanted_schema
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from shared.store.selections import Candidate, SelectionStore
from tests.support.checks.waiting import eventually_sync
from tests.support.github import discussions as github_stand_in
from tests.support.github.discussions import GitHubServer
from tests.support.github.server import github_server
from tests.support.notion import server as notion_stand_in
from tests.support.notion.server import NotionServer, notion_server
from tests.support.processes.system import System, running_system

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("loop")]

PUBLISHED_SECONDS = 180


@dataclass(frozen=True)
class Outside:
    """The places where the owner reacts."""

    github: GitHubServer
    notion: NotionServer


@pytest.fixture
def outside() -> Iterator[Outside]:
    with github_server() as github, notion_server(per_second=50, burst=100) as notion:
        yield Outside(github, notion)


@pytest.fixture
def system(tmp_path: Path, outside: Outside) -> Iterator[System]:
    """A demo whose days come one by one; the first is announced."""
    database = outside.notion.workspace.create_database(outside.notion.workspace.home, "papersys", wanted_schema())
    settings = {
        "PAPERSYS_DEMO__DAYS": "2",
        "PAPERSYS_DEMO__DAYS_AT_START": "1",
        "PAPERSYS_RANKER__AUDIT": "0",
        "PAPERSYS_GISCUS__REPO": github_stand_in.REPO,
        "PAPERSYS_GISCUS__ACCOUNTS": '["ada"]',
        "PAPERSYS_GISCUS__TOKEN": github_stand_in.TOKEN,
        "PAPERSYS_GISCUS__API_URL": outside.github.url,
        "PAPERSYS_GISCUS__POLL_MINUTES": "0.02",
        "PAPERSYS_NOTION__ENABLED": "true",
        "PAPERSYS_NOTION__TOKEN": notion_stand_in.TOKEN,
        "PAPERSYS_NOTION__DATABASE": str(database["id"]),
        "PAPERSYS_NOTION__BASE_URL": outside.notion.url,
        "PAPERSYS_NOTION__POLL_MINUTES": "0.05",
        "PAPERSYS_NOTION__REQUESTS_PER_SECOND": "25",
    }
    with running_system(tmp_path, **settings) as running:
        yield running


def picks_of(system: System, number: int) -> dict[str, Candidate]:
    """The picks of the first, second ... day; none before its selection was made."""
    store = SelectionStore(DataFolder(system.data, 0))
    days = sorted(store.days())
    chosen = store.day(days[number - 1]) if len(days) >= number else []
    return {one.paper_id: one for one in chosen if one.outcome == "picked"}


def is_published(system: System, outside: Outside, number: int) -> bool:
    """Whether each pick of a day has its file of the site, and its row in Notion."""
    written = {path.stem for path in system.data.joinpath("site").rglob("papers/*.md")}
    with outside.notion.turn:
        workspace = outside.notion.workspace
        rows = {workspace.text(page, "Paper ID") for page in workspace.rows()}
    return bool(picks_of(system, number)) and set(picks_of(system, number)) <= written & rows


def react(outside: Outside, liked: list[str], disliked: list[str]) -> None:
    """A thumb under a published page for what is liked; a word in Notion for what is not. A stranger loves it all."""
    now = datetime.now(UTC).replace(microsecond=0)
    for paper_id in liked:
        discussion = outside.github.discuss(paper_id, now)
        outside.github.react(discussion, "ada", "THUMBS_UP", now)
    for paper_id in disliked:
        outside.github.react(outside.github.discuss(paper_id, now), "eve", "HEART", now)
        with outside.notion.turn:
            outside.notion.workspace.rate(outside.notion.workspace.row(paper_id), "Dislike")


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


def test_reactions_to_what_was_published_change_the_next_days_picks(
    system: System, outside: Outside, tmp_path: Path
) -> None:
    eventually_sync(
        lambda: is_published(system, outside, 1), PUBLISHED_SECONDS, "the first day is published", system.log_tail
    )
    first = sorted(picks_of(system, 1))
    liked, disliked = first[::2], first[1::2]
    react(outside, liked, disliked)
    reactions = dict.fromkeys(liked, "like") | dict.fromkeys(disliked, "dislike")

    ratings = RatingStore(DataFolder(system.data, 0))
    eventually_sync(lambda: len(ratings.current()) == len(reactions), 60, "each reaction is a rating", system.log_tail)
    assert {name: rating.label for name, rating in ratings.current().items()} == reactions
    assert {name: rating.source for name, rating in ratings.current().items()} == dict.fromkeys(
        liked, "giscus"
    ) | dict.fromkeys(disliked, "notion")
    assert len(ratings.all()) == len(reactions)

    model = system.data / "state" / "ranker" / "me" / "model.json"
    eventually_sync(lambda: json.loads(model.read_text())["ratings"] == len(reactions), 60, "the model knows them")
    assert system.command("demo", "next").returncode == 0
    eventually_sync(
        lambda: is_published(system, outside, 2), PUBLISHED_SECONDS, "the second day is published", system.log_tail
    )

    second = picks_of(system, 2)
    day = next(iter(second.values())).day
    assert {one.regime for one in second.values()} == {"similarity"}
    assert set(second) != picks_without_ratings(system, tmp_path / "nobody", day.isoformat())
    best = min(second.values(), key=lambda one: one.rank or 0)
    explained = json.loads(system.command("why", best.paper_id, "--json").stdout)
    assert {one["label"] for one in explained["influences"]} & {"like", "dislike"}
    assert system.get(f"/paper/{best.paper_id}").status_code == 200
