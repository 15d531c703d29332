"""Webhooks and Zotero by processes that are killed (SIGKILL) right before or after what they send."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.publisher.outlets.webhooks.chats.chat import Message
from services.publisher.outlets.webhooks.deliveries import Deliveries
from services.publisher.outlets.webhooks.sending import Sender
from services.publisher.outlets.webhooks.webhook_loop import WebhookLoop
from services.publisher.outlets.zotero.connection import Zotero
from shared.settings.sections.webhooks import WebhookSettings
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from tests.support.browsing.reader import reader
from tests.support.folders.seed import FAR, GRAPHS, HOSTILE, NOON, PROTEINS, TIDES, UNREAD, seed
from tests.support.outside.chat_server import chat_server
from tests.support.outside.zotero_server import zotero_server
from tests.support.outside.zotero_sync import Syncing
from tests.support.processes.forked_lives import ending

KILLED = -signal.SIGKILL
LATER = NOON + timedelta(hours=3)
PICKS = {GRAPHS, TIDES, UNREAD, HOSTILE}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class FragileSender(Sender):
    """Sends a message, and takes its process with it before or after."""

    def __init__(self, dies: str) -> None:
        super().__init__(clock=lambda: LATER)
        self._dies = dies

    async def send(self, name: str, settings: WebhookSettings, message: Message) -> None:
        if self._dies == "before":
            die()
        await super().send(name, settings, message)
        if self._dies == "after":
            die()


@pytest.mark.parametrize("kind", ["slack", "matrix"])
def test_a_killed_webhook_tells_no_pick_twice_and_forgets_none(tmp_path: Path, kind: str) -> None:
    data = seed(tmp_path)
    with chat_server() as chats:
        settings = chats.webhook(kind, bundle=False)

        def life(dies: str) -> Callable[[], Any]:
            components, sender = reader(data).components, FragileSender(dies)
            loop = WebhookLoop(components, {"team": settings}, Deliveries(data), sender, None, "", lambda: LATER)
            return loop.send_what_is_due

        deaths = ["before", "after", "after", "before"]
        assert [ending(life(dies)) for dies in deaths] == [KILLED] * 4
        assert ending(life("never")) == 0
        told = [next(paper_id for paper_id in PICKS if paper_id in shown.text) for shown in chats.shown]
    deliveries = Deliveries(data).get("team").deliveries
    assert {paper_id for delivery in deliveries for paper_id in delivery.paper_ids} == PICKS
    assert len(told) == len(set(told))
    if kind == "matrix":
        assert set(told) == PICKS
        assert {delivery.state for delivery in deliveries} == {"sent"}
    else:
        assert [delivery.state for delivery in deliveries].count("unsure") == 4


REQUESTS = (
    ("GET", "collections"),
    ("GET", "items/top"),
    ("GET", "deleted"),
    ("POST", "collections"),
    ("POST", "items"),
)


class FragileZotero(Zotero):
    """Takes its process with it before or after a request like `fatal`."""

    fatal: tuple[str, str] = "", ""
    dies = ""

    async def _answered(self, method: str, path: str, **options: Any) -> httpx.Response:
        if (method, path) == self.fatal and self.dies == "before":
            die()
        answer = await super()._answered(method, path, **options)
        if (method, path) == self.fatal and self.dies == "after":
            die()
        return answer


def test_killed_comparisons_with_zotero_end_like_one_that_was_not(tmp_path: Path) -> None:
    data: DataFolder = seed(tmp_path)
    with zotero_server() as server:
        server.collect("PHYSICS2", "Physics")
        server.add("AAAAAAA2", "PHYSICS2", archiveID=f"arXiv:{PROTEINS}")
        server.add("AAAAAAA3", "PHYSICS2", archiveID=f"arXiv:{FAR}", tags=("papersys:dislike",))
        syncing = Syncing(data, server, read=["*"], write=["picks"])

        def life(fatal: tuple[str, str] = ("", ""), dies: str = "") -> Callable[[], Any]:
            async def run() -> None:
                zotero = FragileZotero("mine", syncing.settings)
                zotero.fatal, zotero.dies = fatal, dies
                syncing.zotero = lambda: zotero  # type: ignore[method-assign]
                await syncing.sync().run()

            return run

        assert [ending(life(fatal, dies)) for fatal in REQUESTS for dies in ("before", "after")] == [KILLED] * 10
        assert ending(life()) == 0
        assert ending(life()) == 0
        version = server.version
        assert ending(life()) == 0
        assert server.version == version
        kinds = [item["itemType"] for item in server.items.values()]
    said = {paper_id: rating.label for paper_id, rating in RatingStore(data).current().items()}
    assert (kinds.count("preprint"), kinds.count("note")) == (2 + 4, 3)
    assert said[PROTEINS] == "like"
    assert [rating.label for rating in RatingStore(data).all() if rating.paper_id == PROTEINS] == ["like"]
