"""The site's Markdown: the same records give the same bytes, and hostile text stays text."""

from dataclasses import replace
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
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.selections import SelectionStore
from tests.support.bus.in_memory import FakeBus
from tests.support.folders.seed import (
    FAR,
    GRAPHS,
    HOSTILE,
    HOSTILE_TITLE,
    OLD,
    PROTEINS,
    TIDES,
    TODAY,
    UNREAD,
    YESTERDAY,
    paper,
    pick,
    seed,
    summary,
)


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
    text = data.path("site", "content", "papers", f"{paper_id}.md").read_text("utf-8")
    loaded = yaml.safe_load(text.split("---\n")[1])
    assert isinstance(loaded, dict)
    return loaded


async def test_a_summary_becomes_a_page_of_its_paper_and_of_its_day(data: DataFolder, bus: FakeBus) -> None:
    await bus.deliver(SummariesReady(paper_ids=(GRAPHS,)))
    day = "site/content/days/2026-11-06.md"
    assert set(pages(data)) == {f"site/content/papers/{GRAPHS}.md", day, "site/content/about.md"}
    text = pages(data)[f"site/content/papers/{GRAPHS}.md"].decode()
    assert front_matter(data, GRAPHS)["heading"] == "Message passing on sparse graphs needs only $O(\\log n)$ rounds"
    assert "Extracted from the paper (no AI text)." in text
    assert "quote not found" in text
    assert f"### Cites\n\n- [Loopy belief propagation revisited](https://arxiv.org/abs/{FAR})" in text
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
    assert pages(data)["site/content/days/2026-11-06.md"].count(b"Not summarised yet.") == 1
    SummaryStore(data).put(summary(UNREAD))
    await bus.deliver(SummariesReady(paper_ids=(UNREAD,)))
    assert b"Not summarised yet." not in pages(data)["site/content/days/2026-11-06.md"]


async def test_an_old_id_has_a_file_without_a_folder(data: DataFolder, bus: FakeBus) -> None:
    await bus.deliver(SummariesReady(paper_ids=(OLD,)))
    assert "site/content/papers/hep-th_9901001.md" in pages(data)
    assert "../papers/hep-th_9901001.md" in pages(data)[f"site/content/days/{YESTERDAY}.md"].decode()


async def test_a_hostile_title_stays_a_title(data: DataFolder, bus: FakeBus) -> None:
    await bus.deliver(SummariesReady(paper_ids=(HOSTILE,)))
    assert front_matter(data, HOSTILE)["title"] == HOSTILE_TITLE
    body = pages(data)[f"site/content/papers/{HOSTILE}.md"].decode().split("---\n", 2)[2]
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
    assert f"site/content/papers/{GRAPHS}.md" in pages(data)


def test_the_command_writes_every_page_without_a_running_system(data: DataFolder) -> None:
    settings = Settings(data=DataSettings(path=data.root, min_free_mb=0))
    written = publish(settings)
    assert (written.pages, written.failures) == (4, {})
    assert len([name for name in pages(data) if "papers" in name]) == 4
    written = publish(settings, (f"arXiv:{GRAPHS}v2", PROTEINS))
    assert (written.pages, set(written.failures)) == (1, {PROTEINS})


def test_a_dry_run_names_the_files_and_writes_none(data: DataFolder) -> None:
    settings = Settings(data=DataSettings(path=data.root, min_free_mb=0))
    written = publish(settings, (GRAPHS,), is_dry_run=True)
    assert [path.name for path in written.changed] == [f"{GRAPHS}.md", "2026-11-06.md", "about.md"]
    assert pages(data) == {}


async def test_a_file_that_a_person_edited_stays_until_it_is_deleted(data: DataFolder) -> None:
    site = Site(data, Records(data, "minilm"), "https://arxiv.org")
    site.publish([GRAPHS, TIDES])
    path = data.path("site", "content", "papers", f"{GRAPHS}.md")
    edited = path.read_text("utf-8").replace("## Abstract", "## What they say")
    path.write_text(edited, "utf-8")
    site.publish([GRAPHS, TIDES])
    assert (path.read_text("utf-8"), site.kept) == (edited, [path])
    path.unlink()
    site.publish([GRAPHS])
    assert "## Abstract" in path.read_text("utf-8")


def test_a_persons_own_template_goes_first_and_a_wrong_one_is_named(data: DataFolder) -> None:
    own = data.path("site", "templates", "paper.md.j2")
    own.parent.mkdir(parents=True)
    own.write_text("---\ntitle: {{ paper.title | yaml }}\n---\nMine: {{ paper.title | md }}\n", "utf-8")
    site = Site(data, Records(data, "minilm"), "https://arxiv.org")
    assert site.publish([TIDES]) == {}
    assert "Mine: Tidal heating" in pages(data)[f"site/content/papers/{TIDES}.md"].decode()
    own.write_text("{{ paper.no_such_thing }}", "utf-8")
    failure = site.publish([GRAPHS])[GRAPHS]
    assert str(own) in str(failure)
    assert "no_such_thing" in str(failure)
    own.write_text("{% if %}", "utf-8")
    assert "(line 1)" in str(Site(data, Records(data, "minilm"), "x").publish([GRAPHS])[GRAPHS])


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("", "front matter"),
        ("# {{ paper.title | md }}\n", "front matter"),
        ("---\ntitle: never closed\n", "front matter"),
        ('{% include "paper.md.j2" %}', "includes itself"),
        ('{% include "/etc/passwd" %}', "TemplateNotFound"),
    ],
)
def test_a_template_that_makes_no_page_is_named_and_writes_nothing(data: DataFolder, template: str, why: str) -> None:
    site = Site(data, Records(data, "minilm"), "https://arxiv.org")
    site.publish([GRAPHS])
    before = pages(data)
    own = data.path("site", "templates", "paper.md.j2")
    own.parent.mkdir(parents=True)
    own.write_text(template, "utf-8")
    failure = Site(data, Records(data, "minilm"), "https://arxiv.org").publish([GRAPHS])[GRAPHS]
    assert str(own) in str(failure)
    assert why in str(failure)
    assert pages(data) == before
    own.write_text("\ufeff---\r\ntitle: x\r\n---\r\nMended\r\n", "utf-8", newline="")
    assert Site(data, Records(data, "minilm"), "https://arxiv.org").publish([GRAPHS]) == {}
    assert "Mended" in pages(data)[f"site/content/papers/{GRAPHS}.md"].decode()


def test_files_of_an_earlier_version_are_moved_and_written_anew(data: DataFolder) -> None:
    old = data.path("site", "papers")
    old.mkdir(parents=True)
    (old / f"{GRAPHS}.md").write_text("---\ntitle: old\n---\n", "utf-8")
    (old / "2001.00001.md").write_text("---\ntitle: gone\n---\n", "utf-8")
    Site(data, Records(data, "minilm"), "https://arxiv.org").publish([GRAPHS])
    assert not old.exists()
    assert b"title: gone" in pages(data)["site/content/papers/2001.00001.md"]
    assert b"title: old" not in pages(data)[f"site/content/papers/{GRAPHS}.md"]


def test_a_page_leads_to_the_page_of_a_linked_paper_as_soon_as_there_is_one(data: DataFolder) -> None:
    site = Site(data, Records(data, "minilm"), "https://arxiv.org")
    site.publish([GRAPHS])
    SummaryStore(data).put(summary(PROTEINS))
    site.publish([PROTEINS])
    assert f"](../papers/{PROTEINS}.md)" in pages(data)[f"site/content/papers/{GRAPHS}.md"].decode()
    assert f"](../papers/{GRAPHS}.md)" in pages(data)[f"site/content/papers/{PROTEINS}.md"].decode()
    assert front_matter(data, GRAPHS)["relations"] == [
        {"relation": "similar", "paper": PROTEINS, "evidence": "Both count walks."}
    ]


async def test_what_the_owner_likes_is_told_nowhere(data: DataFolder, bus: FakeBus) -> None:
    link = Link(paper_id=GRAPHS, other_id=TIDES, type="similar", score=0.5, evidence="similarity 0.50; you liked it")
    LinkStore(data).put(GRAPHS, [link])
    SummaryStore(data).put(summary(TIDES))
    await bus.deliver(SummariesReady(paper_ids=(GRAPHS, TIDES)))
    written = b"".join(pages(data).values())
    assert written.count(b"similarity 0.50") >= 2
    assert b"liked" not in written


async def test_files_of_ones_own_are_told_nowhere(data: DataFolder, bus: FakeBus) -> None:
    own = "local:0123456789abcdef"
    SummaryStore(data).put(summary(TIDES).model_copy(update={"paper_id": own}))
    LinkStore(data).put(GRAPHS, [Link(paper_id=GRAPHS, other_id=own, type="similar", evidence="A secret draft.")])
    SelectionStore(data).write(
        TODAY, f"run-{TODAY}", [pick(GRAPHS, 1), pick(TIDES, 2).model_copy(update={"paper_id": own})]
    )
    with pytest.raises(PapersFailed) as failed:
        await bus.deliver(SummariesReady.model_construct(paper_ids=(GRAPHS, own)))
    assert "never published" in str(failed.value.failures[own])
    written = b"".join(pages(data).values())
    assert b"secret draft" not in written
    assert b"local" not in written
    assert b"own file" not in written


def test_a_paper_without_title_or_address_has_a_page_and_links_lead_where_there_is_something(data: DataFolder) -> None:
    here, recorded, bare = "hal:2401.HAL_hal-04400001", "hal:2401.HAL_hal-04400002", "hal:2401.HAL_hal-04400003"
    source = "oai_dc https://hal.science/hal-04400002"
    MetadataStore(data).put(
        [
            replace(paper(TIDES), paper_id=here, title="", source="oai_dc"),
            replace(paper(TIDES), paper_id=recorded, title="Has an address", source=source),
            replace(paper(TIDES), paper_id=bare, title="Has none", source="oai_dc"),
        ]
    )
    SummaryStore(data).put(summary(TIDES).model_copy(update={"paper_id": here}))
    links = [Link(paper_id=here, other_id=other, type="cites") for other in (recorded, bare)]
    LinkStore(data).put(here, links)
    assert Site(data, Records(data, "minilm"), "https://arxiv.org").publish([here]) == {}
    name = "hal_2401.HAL_hal-04400001"
    assert (front_matter(data, name)["title"], front_matter(data, name)["arxiv"]) == ("hal:hal-04400001", "")
    page = pages(data)[f"site/content/papers/{name}.md"].decode()
    assert "[Has an address](https://hal.science/hal-04400002)" in page
    assert "- Has none" in page
    assert "]()" not in page
    assert "metadata of arXiv and hal." in pages(data)["site/content/about.md"].decode()
