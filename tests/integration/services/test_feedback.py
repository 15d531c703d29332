"""The feedback service as a process on a real nats-server: ratings from everywhere, kept once, whatever is killed."""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nats
import pytest

from services.ranker.models.files import ModelFiles
from shared.bus.connections import publish
from shared.bus.delivery.dead_letters import DeadLetter, DeadLetters
from shared.contracts import STREAM, FeedbackLabel
from shared.store.people.preferences import RatingStore
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.checks.waiting import eventually
from tests.support.github.discussions import REPO, TOKEN, GitHubServer
from tests.support.github.server import github_server
from tests.support.processes.service_process import service_process
from tests.unit.ranker.world import World, paper_id

RATINGS = 1_000
RANKER = {
    "PAPERSYS_EMBEDDING__MODEL": "test",
    "PAPERSYS_EMBEDDING__MODELS": json.dumps({"test": {"name": "test", "dimension": 16}}),
}
YESTERDAY = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


def reading(server: GitHubServer, **settings: str) -> dict[str, str]:
    """Settings of a feedback service that looks at GitHub again and again."""
    return {
        "PAPERSYS_GISCUS__REPO": REPO,
        "PAPERSYS_GISCUS__ACCOUNTS": '["ada"]',
        "PAPERSYS_GISCUS__TOKEN": TOKEN,
        "PAPERSYS_GISCUS__API_URL": server.url,
        "PAPERSYS_GISCUS__POLL_MINUTES": "0.005",
        "PAPERSYS_FEEDBACK__LOOK_UP": "false",
        **settings,
    }


async def letters(server: NatsServer) -> list[DeadLetter]:
    client = await nats.connect(server.settings.url, user="papersys", password=PASSWORD)
    try:
        return await DeadLetters(client.jetstream()).all()
    finally:
        await client.close()


async def send(server: NatsServer, events: list[FeedbackLabel]) -> None:
    client = await nats.connect(server.settings.url, user="papersys", password=PASSWORD)
    try:
        for event in events:
            headers = {"Nats-Msg-Id": event.event_id}
            await client.jetstream().publish(event.subject, event.model_dump_json().encode(), headers=headers)
    finally:
        await client.close()


@pytest.mark.proof
async def test_a_thousand_ratings_at_once_are_each_stored_once_and_the_model_learns_all(tmp_path: Path) -> None:
    world = World(tmp_path / "data")
    world.add_papers(*range(1, RATINGS + 101))
    events = [
        FeedbackLabel(paper_ids=(paper_id(number),), label="like" if number % 4 == 0 else "dislike", source="reader")
        for number in range(1, RATINGS + 1)
    ]
    models = ModelFiles(world.data, only_reads=True)
    settings = {"PAPERSYS_FEEDBACK__LOOK_UP": "false"}
    with (
        nats_server(tmp_path / "nats") as server,
        service_process("feedback", world.data.root, server, **settings) as feedback,
        service_process("ranker", world.data.root, server, **RANKER) as ranker,
    ):
        await feedback.ready()
        await ranker.ready()
        await send(server, events[:400])
        feedback.kill()
        feedback.start()
        await send(server, events[300:])
        await eventually(lambda: RatingStore(world.data).count() >= RATINGS, 60)
        await eventually(lambda: learned(models) == RATINGS, 60)
        assert RatingStore(world.data).count() == RATINGS
        assert await letters(server) == []


def learned(models: ModelFiles) -> int:
    """How many ratings the newest model was fitted to, whether it is in use or held back as no better."""
    return max((int(record.facts["ratings"]) for record in models.list("me")), default=0)


async def test_ratings_of_one_paper_from_everywhere_the_newest_wins_and_one_of_the_future_is_refused(
    tmp_path: Path,
) -> None:
    data = World(tmp_path / "data").data
    with (
        github_server() as github,
        nats_server(tmp_path / "nats") as server,
        service_process("feedback", data.root, server, **reading(github)) as feedback,
    ):
        await feedback.ready()
        github.react(github.discuss(paper_id(1), YESTERDAY), "ada", "THUMBS_DOWN", YESTERDAY + timedelta(minutes=3))
        github.react(github.discussions[0], "eve", "HEART", YESTERDAY + timedelta(minutes=9))
        said = [("reader", "like", 1), ("notion", "dislike", 2), ("digest", "like", 4), ("import", "dislike", -90)]
        for source, label, minute in said:
            at = YESTERDAY + timedelta(minutes=minute)
            facts = {"paper_ids": (paper_id(1),), "label": label, "source": source, "occurred_at": at}
            await publish(server.settings, FeedbackLabel.model_validate(facts))
        in_an_hour = datetime.now(UTC) + timedelta(hours=1)
        future = FeedbackLabel(paper_ids=(paper_id(1),), label="dislike", source="cli", occurred_at=in_an_hour)
        await publish(server.settings, future)
        ratings = RatingStore(data)
        await eventually(lambda: ratings.count() == 5)
        assert [rating.source for rating in ratings.all()] == ["import", "reader", "notion", "giscus", "digest"]
        assert ratings.current()[paper_id(1)].source == "digest"

        async def is_refused() -> bool:
            return any("lies in the future" in letter.reason for letter in await letters(server))

        await eventually(is_refused)
        assert ratings.count() == 5


@pytest.mark.proof
async def test_killed_at_any_moment_every_reaction_is_one_rating_and_every_one_taken_back_is_cleared(
    tmp_path: Path,
) -> None:
    """Sleeps place the kills."""
    data, rng = World(tmp_path / "data").data, random.Random(5)
    with github_server() as github, nats_server(tmp_path / "nats") as server:
        for number in range(1, 61):
            discussion = github.discuss(paper_id(number), YESTERDAY + timedelta(seconds=number))
            github.react(discussion, "ada", "HEART", YESTERDAY + timedelta(minutes=5, seconds=number))
            github.comment(discussion, "eve", "👎", YESTERDAY + timedelta(minutes=9))
        with service_process("feedback", data.root, server, **reading(github)) as feedback:
            for _ in range(2):
                github.faults.secondary, github.faults.bad_gateways = rng.randint(0, 1), rng.randint(0, 1)
                await eventually(lambda: feedback.page("/health/live"), 60)
                await asyncio.sleep(rng.uniform(0.1, 1.0))
                feedback.kill()
                feedback.start()
            ratings = RatingStore(data)
            await eventually(lambda: ratings.count() == 60, 60)
            for discussion in github.discussions[::2]:
                discussion.reactions.clear()
            await eventually(lambda: len(ratings.current()) == 30, 60)
        client = await nats.connect(server.settings.url, user="papersys", password=PASSWORD)
        stored = (await client.jetstream().stream_info(STREAM)).state.messages
        await client.close()
    assert ratings.count() == stored == 90


async def test_an_expired_token_is_said_by_the_health_page_and_ratings_come_in_all_the_same(tmp_path: Path) -> None:
    data = World(tmp_path / "data").data
    with (
        github_server() as github,
        nats_server(tmp_path / "nats") as server,
        service_process("feedback", data.root, server, **reading(github)) as feedback,
    ):
        github.faults.token_expired = True
        await feedback.ready()
        await eventually(lambda: b"GitHub refuses the token (401)" in feedback.page("/health/ready"))
        await publish(server.settings, FeedbackLabel(paper_ids=(paper_id(1),), label="like"))
        await eventually(lambda: RatingStore(data).count() == 1)
        github.faults.token_expired = False
        github.react(github.discuss(paper_id(2), YESTERDAY), "ada", "HEART", YESTERDAY)
        await eventually(lambda: RatingStore(data).count() == 2)
        await eventually(lambda: b"not read" not in feedback.page("/health/ready"))
        assert TOKEN.encode() not in feedback.log_path.read_bytes()
