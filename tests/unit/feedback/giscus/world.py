"""A repository with discussions at a stand-in for GitHub, and somebody who reads it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from services.feedback.giscus.github.client import GitHub
from services.feedback.giscus.reader import ReactionReader
from services.feedback.giscus.report import Report
from services.feedback.giscus.state import StateFile
from shared.contracts import FeedbackLabel
from shared.settings.sections.giscus import GiscusSettings
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.github.discussions import REPO, TOKEN, GitHubServer
from tests.support.github.server import github_server

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
PAPER, OTHER = "2611.00101", "hep-th/9901001"


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


class World:
    """Ratings are stored as soon as they are published; `slept` holds the waits, none of which takes time."""

    def __init__(self, server: GitHubServer, folder: Path, **settings: Any) -> None:
        facts = {"repo": REPO, "accounts": ("ada",), "api_url": server.url, "token": SecretStr(TOKEN), **settings}
        self.server = server
        self.settings = GiscusSettings.model_validate(facts)
        self.data = DataFolder(folder, 0)
        self.ratings = RatingStore(self.data)
        self.state_file = StateFile(self.data, self.settings)
        self.now = NOON + timedelta(days=1)
        self.slept: list[float] = []
        self.published: list[FeedbackLabel] = []

    @asynccontextmanager
    async def reader(self, **options: Any) -> AsyncIterator[tuple[ReactionReader, GitHub]]:
        async with httpx.AsyncClient(trust_env=False) as client:
            github = GitHub(self.settings, client, clock=self._clock, sleep=self.sleep, **options)
            yield ReactionReader(self.settings, github, self.ratings, self.state_file, self._clock), github

    async def read(self, **options: Any) -> Report:
        async with self.reader() as (reader, _):
            return await reader.read(self.publish, **options)

    async def publish(self, event: FeedbackLabel) -> None:
        self.published.append(event)
        self.ratings.append(ratings_of(event))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        self.server.reset_at = min(self.server.reset_at, datetime.now(UTC))

    def label(self, paper_id: str = PAPER) -> str:
        rating = self.ratings.current(self.settings.user).get(paper_id)
        return rating.label if rating else ""

    def _clock(self) -> datetime:
        return self.now


@contextmanager
def world(folder: Path, server: dict[str, Any] | None = None, **settings: Any) -> Iterator[World]:
    with github_server(**(server or {})) as running:
        yield World(running, folder, **settings)
