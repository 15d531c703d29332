"""The audit, against the demo server."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from deploy.demo.misbehaviour.faults import parse_fault
from deploy.demo.papers.synthetic import generate_corpus
from services.fetcher.app import Components
from services.fetcher.harvesting.cursor import HarvestPlan
from shared.errors import TemporaryFailure
from shared.store.harvests.runs import RunStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.month_rows import read_rows
from shared.store.papers.rows import HEADER
from tests.support.arxiv.demo import Site, forget_pauses

ALL = HarvestPlan(date(2026, 10, 1))


def lose(components: Components, count: int = 2) -> list[str]:
    """Take papers out of the store behind everybody's back."""
    lost: list[str] = []
    for path in sorted(components.data.path("metadata").glob("*.csv"))[:count]:
        rows = read_rows(path).rows
        lost.append(next(iter(rows)))
        path.write_bytes(HEADER + b"".join(row for paper_id, row in rows.items() if paper_id != lost[-1]))
    return lost


async def test_what_the_store_lacks_is_fetched_one_by_one_and_announced(tmp_path: Path) -> None:
    site = Site()
    components = site.components(tmp_path)
    await components.harvester.run(ALL)
    lost = lose(components)
    site.switchboard.requests.clear()
    finding = await components.auditor.run(ALL)
    assert str(finding) == ("audit: 2 of 128 papers listed by arXiv since 2026-10-01 were missing, all now fetched")
    assert ["GetRecord" in path for path in site.paths()] == [False, True, True]
    assert MetadataStore(components.data).count() == 128
    latest = RunStore(components.data).all()[-1]
    assert set(latest.new_ids) == set(lost)
    assert str(await components.auditor.run(ALL)) == "audit: all 128 papers listed by arXiv since 2026-10-01 are stored"


async def test_an_interrupted_audit_is_gone_on_with_by_the_daily_harvest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site()
    components = site.components(tmp_path, patience_seconds=0)
    await components.daily.run()
    lost = lose(components)
    has = components.catalogue.has

    async def failing_after(ids: Iterable[str]) -> set[str]:
        site.switchboard.faults = site.switchboard.faults.and_also(parse_fault("503:/oai:1"))
        return await has(ids)

    monkeypatch.setattr(components.catalogue, "has", failing_after)
    with pytest.raises(TemporaryFailure):
        await components.auditor.run(ALL)
    forget_pauses(components)
    await components.daily.run()
    assert MetadataStore(components.data).count() == 128
    announced = [paper_id for run in RunStore(components.data).all() for paper_id in run.new_ids]
    assert sorted(announced) == sorted([*set(announced), *lost])


async def test_the_daily_harvest_audits_a_week_after_the_last_audit(tmp_path: Path) -> None:
    site = Site()
    components = site.components(tmp_path)
    assert "audit" not in (await components.daily.run()).outcome
    path = components.data.path("state", "fetcher", "audit.json")
    path.write_text(json.dumps({"at": "2026-01-01T00:00:00+00:00"}))
    lose(components, 1)
    run = await components.daily.run()
    assert "unchanged; audit: all" in run.outcome or "audit: 1 of 128" in run.outcome
    assert RunStore(components.data).get(run.run_id) == run
    assert "audit" not in (await components.daily.run()).outcome


async def test_a_backfill_is_audited_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.fetcher.scheduling.audit.BACKFILL_PAPERS", 500)
    components = Site(generate_corpus(600)).components(tmp_path, start="2020-01-01")
    run = await components.daily.run()
    assert run.outcome.endswith("audit: all 600 papers listed by arXiv since 2020-01-01 are stored")


async def test_papers_of_other_primary_categories_are_counted_as_cross_listed(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    run = await components.harvester.run(HarvestPlan(date(2026, 10, 1), None, ("cs.LG",)))
    papers = MetadataStore(components.data).get(run.new_ids).values()
    assert run.cross_listed >= sum(paper.primary_category != "cs.LG" for paper in papers) > 0
    assert f"({run.cross_listed} of them cross-listed)" in run.outcome
