"""The Status page's word on a person's webhooks and Zotero libraries."""

from datetime import timedelta

from pydantic import SecretStr

from services.publisher.outlets.webhooks.deliveries import Deliveries, Delivery, Record
from services.publisher.outlets.zotero.state import StateFile, ZoteroState
from shared.contracts import now
from shared.settings.sections.webhooks import WebhookSettings
from shared.settings.sections.zotero import ZoteroSettings
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.reader import page, reader
from tests.support.folders.seed import GRAPHS, TODAY


def webhook(user: str = "me") -> WebhookSettings:
    return WebhookSettings(kind="slack", url=SecretStr("https://hooks.example.org/secret"), user=user)


def library(user: str = "me") -> ZoteroSettings:
    return ZoteroSettings(library="users/12", user=user)


async def test_where_none_is_set_up_it_says_where_to_read_how(data: DataFolder) -> None:
    text = await page(reader(data), "/status")
    assert "docs/webhooks.md" in text
    assert "docs/zotero.md" in text
    assert 'href="/status#connections"' in await page(reader(data), "/setup")


async def test_what_worked_last_and_what_failed_since_is_told(data: DataFolder) -> None:
    sent = Delivery(message_id="a", day=TODAY, paper_ids=(GRAPHS,), state="sent", at=now() - timedelta(hours=3))
    failed = sent.model_copy(
        update={"message_id": "b", "state": "failed", "problem": "the <hook> is gone", "at": now()}
    )
    Deliveries(data).put("team", Record(deliveries=(sent, failed)))
    state = ZoteroState(library="users/12", read_at=now(), problem="the key was <revoked>", failed_at=now())
    StateFile(data, "mine", "users/12").write(state)
    text = await page(reader(data, webhooks={"team": webhook()}, zotero={"mine": library()}), "/status")
    for words in (
        "Slack: team",
        "Last message: ",
        "was given up: the &lt;hook&gt; is gone",
        "Zotero: mine",
        "0 papers of arXiv",
        "the key was &lt;revoked&gt;",
    ):
        assert words in text, words
    assert "Failing since" in text
    assert "hooks.example.org" not in text
    assert "docs/webhooks.md" not in text


async def test_other_peoples_connections_are_theirs(data: DataFolder) -> None:
    text = await page(reader(data, webhooks={"hers": webhook("ana")}, zotero={"hers": library("ana")}), "/status")
    assert "hers" not in text
    assert "docs/zotero.md" in text
