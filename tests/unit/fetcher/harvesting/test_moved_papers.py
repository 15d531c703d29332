"""Papers that move to a later day while a list is read: paging is by offset, so whatever follows them is skipped."""

from datetime import date
from pathlib import Path

import pytest

from deploy.demo.misbehaviour.faults import parse_fault
from deploy.demo.papers.corpus import Corpus
from deploy.demo.papers.synthetic import generate_corpus
from services.fetcher.harvesting.audit_notes import AuditNotes
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.harvesting.pages import ProgressUpdate
from services.fetcher.scheduling.audit import plans_for
from shared.errors import TemporaryFailure
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.month_rows import read_rows
from shared.store.papers.rows import HEADER
from tests.support.arxiv.demo import Site, forget_pauses

YEARS = HarvestPlan(date(2020, 1, 1), date(2020, 1, 31))


def move(site: Site, corpus: Corpus, count: int) -> None:
    """The first papers of the corpus get a new version, after the span that is harvested."""
    entries = [
        entry._replace(announced=(*entry.announced, "2020-02-05")) if place < count else entry
        for place, entry in enumerate(corpus.entries)
    ]
    corpus.entries = entries
    corpus._view = None


def stored(folder: Path, site: Site) -> set[str]:
    return {paper.paper_id for paper in MetadataStore(site.components(folder).data).all()}


async def test_papers_that_move_while_a_harvest_is_interrupted_hide_no_other(tmp_path: Path) -> None:
    corpus = generate_corpus(600)
    site = Site(corpus, page_size=100)
    site.switchboard.today = date(2020, 2, 10)
    components = site.components(tmp_path, patience_seconds=0)

    def interrupt(step: ProgressUpdate) -> None:
        if step.pages == 2:
            site.switchboard.faults = site.switchboard.faults.and_also(parse_fault("503:/oai:1"))

    with pytest.raises(TemporaryFailure):
        await components.harvester.run(YEARS, interrupt)
    move(site, corpus, 5)
    forget_pauses(components)
    again = site.components(tmp_path)
    await again.harvester.run(YEARS)
    expected = {entry.paper_id for entry in corpus.entries}
    assert stored(tmp_path, site) == expected


async def test_a_harvest_of_several_pages_is_audited_at_once(tmp_path: Path) -> None:
    corpus = generate_corpus(300)
    site = Site(corpus, page_size=100, faults=("shifted:/oai:1",))
    components = site.components(tmp_path, start="2020-01-01")
    run = await components.daily.run()
    assert "audit: 1 of 300 papers listed by arXiv since 2020-01-01 were missing, all now fetched" in run.outcome
    assert len(stored(tmp_path, site)) == 300


async def test_a_harvest_of_one_page_needs_no_audit(tmp_path: Path) -> None:
    site = Site()
    run = await site.components(tmp_path).daily.run()
    assert "audit" not in run.outcome
    assert not any("ListIdentifiers" in path for path in site.paths())


async def test_an_audit_that_is_due_survives_a_kill(tmp_path: Path) -> None:
    site = Site(generate_corpus(300), page_size=100, faults=("shifted:/oai:1",))
    await site.components(tmp_path).harvester.run(HarvestPlan(date(2020, 1, 1)))
    assert len(stored(tmp_path, site)) == 299
    components = site.components(tmp_path, start="2020-01-01")
    await components.daily.run()
    assert len(stored(tmp_path, site)) == 300
    assert AuditNotes(components.data).due() == []


async def test_many_missing_papers_are_harvested_by_their_days(tmp_path: Path) -> None:
    site = Site(generate_corpus(2_000))
    components = site.components(tmp_path)
    plan = HarvestPlan(date(2020, 1, 1))
    await components.harvester.run(plan)
    (path,) = list(components.data.path("metadata").glob("*.csv"))
    rows = read_rows(path).rows
    kept = dict(list(rows.items())[::4])
    path.write_bytes(HEADER + b"".join(kept.values()))
    site.switchboard.requests.clear()
    finding = await components.auditor.run(plan)
    assert (len(finding.missing), finding.fetched) == (1_500, 1_500)
    assert len(site.paths()) < 20
    assert MetadataStore(components.data).count() == 2_000


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ({}, []),
        ({"2601.00001": "2026-01-02"}, [("2026-01-01", "2026-02-01", 1)]),
        ({f"2601.{n:05}": "2026-01-02" for n in range(500)}, [("2026-01-02", "2026-01-02", 0)]),
        (
            {f"2601.{n:05}": day for n, day in enumerate(["2026-01-02", "2026-01-05", "2026-01-20"] * 100)},
            [("2026-01-02", "2026-01-05", 0), ("2026-01-20", "2026-01-20", 0)],
        ),
        (
            {**{f"2601.{n:05}": "2026-01-02" for n in range(500)}, "2601.09999": "2026-01-30"},
            [("2026-01-02", "2026-01-02", 0), ("2026-01-01", "2026-02-01", 1)],
        ),
    ],
)
def test_days_that_miss_many_papers_are_spans_and_the_rest_comes_one_by_one(
    missing: dict[str, str], expected: list[tuple[str, str, int]]
) -> None:
    plans = plans_for(
        {name: date.fromisoformat(day) for name, day in missing.items()},
        HarvestPlan(date(2026, 1, 1)),
        date(2026, 2, 1),
    )
    assert [(str(plan.from_date), str(plan.until_date), len(plan.ids)) for plan in plans] == expected
