"""The Status page's word on the published site."""

from datetime import UTC, datetime

from services.publisher.site.deploying.last_deployment import DeploymentStore
from services.publisher.site.deploying.manifest import SiteFile
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.reader import FakeReader, page

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def test_what_was_deployed_and_what_went_wrong_since(fake_reader: FakeReader, data: DataFolder) -> None:
    assert "Published site" not in await page(fake_reader, "/status")
    store = DeploymentStore(data)
    store.note_deployed("the moon", "https://moon.example", {"index.html": SiteFile("x", 1)}, "1 new", NOON)
    text = await page(fake_reader, "/status")
    assert "1 file to the moon" in text
    assert '<a href="https://moon.example"' in text
    store.note_failed("the token was <refused>", "other", NOON, None)
    text = await page(fake_reader, "/status")
    assert "the token was &lt;refused&gt;" in text
    assert "Tried again with the next build, a changed secret file, a restart" in text
    assert "1 file to the moon" in text
