"""The site's Markdown: the same records give the same bytes, and hostile text stays text."""

from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from services.publisher.commands import publish
from services.publisher.records.records import Records
from services.publisher.settings import Settings
from services.publisher.site.markdown_files import Site
from services.publisher.subscribers import register
from shared.contracts import SummariesReady
from shared.errors import PapersFailed, PermanentFailure
from shared.settings.settings import DataSettings
from shared.store.files.data_folder import DataFolder
from shared.store.summaries import SummaryStore
from tests.support.bus import FakeBus
from tests.support.seed import GRAPHS, HOSTILE, HOSTILE_TITLE, OLD, PROTEINS, TIDES, UNREAD, YESTERDAY, seed, summary


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return seed(tmp_path)


@pytest.fixture
def bus(data: DataFolder) -> FakeBus:
    bus = FakeBus()
    register(bus, Site(data, Records(data, "minilm"), "https://arxiv.org"))
    return bus


def pages(data: DataFolder) -> dict[str, bytes]:
    return {str(path.relative_to(data.root)): path.read_bytes() for path in data.path("site").rglob("*.md")}


def front_matter(data: DataFolder, paper_id: str) -> dict[str, object]:
    text = data.path("site", "papers", f"{paper_id}.md").read_text("utf-8")
    loaded = yaml.safe_load(text.split("---\n")[1])
    assert isinstance(loaded, dict)
    return loaded


async def test_a_summary_becomes_a_page_of_its_paper_and_of_its_day(data: DataFolder, bus: FakeBus) -> None:
    await bus.deliver(SummariesReady(paper_ids=(GRAPHS,)))
    assert set(pages(data)) == {f"site/papers/{GRAPHS}.md", "site/days/2026-11-06.md"}
    text = pages(data)[f"site/papers/{GRAPHS}.md"].decode()
    assert "# Message passing on sparse graphs needs only $O(\\log n)$ rounds\n" in text
    assert "Extracted from the paper (no AI text)." in text
    assert "quote not found" in text
    assert f"cites: [Loopy belief propagation revisited](https://arxiv.org/abs/{'2611.00001'})" in text
    assert front_matter(data, GRAPHS)["tags"] == ["Graph neural networks"]  # the other one names a category


async def test_the_same_event_again_changes_no_byte_and_no_file(data: DataFolder, bus: FakeBus) -> None:
    event = SummariesReady(paper_ids=(GRAPHS, TIDES, HOSTILE))
    await bus.deliver(event)
    before = pages(data)
    stamps = [path.stat().st_mtime_ns for path in sorted(data.path("site").rglob("*.md"))]
    await bus.deliver(event)
    assert pages(data) == before
    assert [path.stat().st_mtime_ns for path in sorted(data.path("site").rglob("*.md"))] == stamps


async def test_a_day_lists_its_summaries_and_says_which_are_missing(data: DataFolder, bus: FakeBus) -> None:
    await bus.deliver(SummariesReady(paper_ids=(GRAPHS,)))
    assert pages(data)["site/days/2026-11-06.md"].count(b"Not summarised yet.") == 1
    SummaryStore(data).put(summary(UNREAD))
    await bus.deliver(SummariesReady(paper_ids=(UNREAD,)))
    assert b"Not summarised yet." not in pages(data)["site/days/2026-11-06.md"]


async def test_an_old_id_has_a_file_without_a_folder(data: DataFolder, bus: FakeBus) -> None:
    await bus.deliver(SummariesReady(paper_ids=(OLD,)))
    assert "site/papers/hep-th_9901001.md" in pages(data)
    assert "../papers/hep-th_9901001.md" in pages(data)[f"site/days/{YESTERDAY}.md"].decode()


async def test_a_hostile_title_stays_a_title(data: DataFolder, bus: FakeBus) -> None:
    await bus.deliver(SummariesReady(paper_ids=(HOSTILE,)))
    assert front_matter(data, HOSTILE)["title"] == HOSTILE_TITLE
    body = pages(data)[f"site/papers/{HOSTILE}.md"].decode().split("---\n", 2)[2]
    assert "<script" not in body
    assert "<img" not in body
    assert "](javascript:" not in body.replace("\\](", "")


async def test_reasons_of_a_pick_stay_private(data: DataFolder, bus: FakeBus) -> None:
    await bus.deliver(SummariesReady(paper_ids=(GRAPHS,)))
    assert b"which you liked" not in b"".join(pages(data).values())


async def test_a_paper_without_a_summary_fails_alone(data: DataFolder, bus: FakeBus) -> None:
    with pytest.raises(PapersFailed) as failed:
        await bus.deliver(SummariesReady(paper_ids=(PROTEINS, GRAPHS, "2611.99999")))
    assert set(failed.value.failures) == {PROTEINS, "2611.99999"}
    assert all(isinstance(failure, PermanentFailure) for failure in failed.value.failures.values())
    assert f"site/papers/{GRAPHS}.md" in pages(data)


def test_the_command_writes_every_page_without_a_running_system(data: DataFolder) -> None:
    settings = Settings(data=DataSettings(path=data.root, min_free_mb=0))
    assert publish(settings) == (4, {})
    assert len([name for name in pages(data) if "papers" in name]) == 4
    count, failures = publish(settings, (f"arXiv:{GRAPHS}v2", PROTEINS))
    assert (count, set(failures)) == (1, {PROTEINS})
