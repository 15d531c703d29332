"""Lists that fail, for good or for now: no other list goes with them, and what is stored is announced."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.misbehaviour.faults import Faults, parse_fault, parse_faults
from deploy.demo.server import create_app
from services.fetcher.app import Components
from services.fetcher.arxiv.oai import parse
from services.fetcher.arxiv.repository import parse_earliest, parse_sets
from services.fetcher.harvesting.cursor import HarvestPlan
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.harvests.runs import RunStore
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import Site, demo_corpus, failing_where, forget_pauses

START = date(2026, 10, 1)
ALL = HarvestPlan(START)


def stored(components: Components) -> set[str]:
    return {paper.paper_id for paper in MetadataStore(components.data).all()}


def announced(components: Components) -> list[str]:
    return [paper_id for run in RunStore(components.data).all() if run.state == "done" for paper_id in run.new_ids]


def papers_of(*categories: str) -> set[str]:
    return {one.paper_id for one in demo_corpus().papers.values() if set(categories) & set(one.categories)}


async def test_a_wrong_category_is_named_and_takes_no_other_with_it(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    run = await components.harvester.run(HarvestPlan(START, None, ("cs.CL", "cs.lg", "cs.RO")))
    assert run.failed_sets == {"cs.lg": "arXiv has no category cs.lg (set cs:cs:lg); did you mean cs.LG?"}
    assert "not harvested: cs.lg (arXiv has no category cs.lg" in run.outcome
    assert stored(components) == papers_of("cs.CL", "cs.RO")
    assert set(announced(components)) | {one for one in stored(components) if one not in run.new_ids} == stored(
        components
    )
    assert len(run.new_ids) + run.filtered == len(stored(components))
    assert components.harvester.unfinished() == []


async def test_a_wrong_category_alone_is_an_error_that_names_it(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    with pytest.raises(PermanentFailure, match=r"cs\.XX .*arXiv has no category cs\.XX"):
        await components.harvester.run(HarvestPlan(START, None, ("cs.XX",)))
    latest = RunStore(components.data).latest()
    assert latest is not None
    assert latest.state == "failed"
    assert components.harvester.unfinished() == []


async def test_a_list_of_everything_that_arxiv_refuses_is_named_too(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    with pytest.raises(PermanentFailure, match=r"not harvested: all of arXiv \(arXiv rejected"):
        await components.harvester.run(HarvestPlan(date(2030, 1, 1)))


async def test_a_set_that_arxiv_refuses_though_it_lists_it_takes_no_other_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    components = Site().components(tmp_path)
    oai = components.arxiv.oai

    async def refusing(arguments: Mapping[str, str], read: Any) -> Any:
        is_met = arguments.get("set") == "cs:cs:LG"
        return await oai({**arguments, "set": "no:such:set"} if is_met else arguments, read)

    monkeypatch.setattr(components.arxiv, "oai", refusing)
    run = await components.harvester.run(HarvestPlan(START, None, ("cs.CL", "cs.LG", "cs.RO")))
    assert list(run.failed_sets) == ["cs.LG"]
    assert stored(components) == papers_of("cs.CL", "cs.RO")


async def test_a_list_that_breaks_off_is_gone_on_with_later_and_the_others_are_announced_now(tmp_path: Path) -> None:
    site = Site(page_size=4)
    components = site.components(tmp_path)
    site.switchboard.faults = site.switchboard.faults.and_also(parse_fault("token-expired:/oai"))
    plan = HarvestPlan(START, None, ("cs.LG", "stat.ME"))
    first = await components.harvester.run(plan)
    (name,) = first.failed_sets
    site.switchboard.faults = Faults()
    (rest,) = components.harvester.unfinished()
    assert rest.categories == (name,)
    second = await components.harvester.run(rest)
    assert stored(components) == papers_of("cs.LG", "stat.ME")
    assert not set(first.new_ids) & set(second.new_ids)
    assert len(announced(components)) + first.filtered + second.filtered == len(stored(components))


async def test_what_an_unfinished_harvest_stored_is_announced_by_the_first_that_succeeds_and_only_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    components = Site().components(tmp_path)
    with monkeypatch.context() as patch:
        failing_where(components, patch, lambda asked: asked.get("set") == "math:math:CO")
        with pytest.raises(TemporaryFailure):
            await components.harvester.run(HarvestPlan(START, None, ("cs.CL", "math.CO")))
    assert stored(components) == papers_of("cs.CL")
    run = await components.harvester.run(HarvestPlan(START, None, ("cs.CL",)))
    assert len(run.new_ids) + run.filtered == len(papers_of("cs.CL"))
    await components.daily.go_on()
    assert components.harvester.unfinished() == []
    assert len(announced(components)) == len(set(announced(components)))
    withdrawn = {paper.paper_id for paper in MetadataStore(components.data).all() if paper.withdrawn}
    assert set(announced(components)) == stored(components) - withdrawn


async def test_a_first_day_before_arxivs_first_is_moved_there(tmp_path: Path) -> None:
    site = Site()
    components = site.components(tmp_path)
    run = await components.harvester.run(HarvestPlan(date(1991, 1, 1)))
    assert run.from_date == date(2005, 9, 16)
    assert len(run.new_ids) == 126
    assert ["Identify" in path for path in site.paths()] == [False, True, False]
    assert "from=2005-09-16" in site.paths()[-1]


async def test_cross_listed_papers_are_counted_among_the_new_ones_only(tmp_path: Path) -> None:
    """Withdrawn papers were counted as cross-listed though they are not announced: `108 new (109 of them ...)`."""
    components, withdrawn = Site().components(tmp_path), 0
    for category in ("cs.LG", "cs.CL", "stat.ME", "gr-qc", "math.FA", "quant-ph"):
        run = await components.harvester.rehearse(HarvestPlan(START, None, (category,)))
        kept = await components.harvester.run(HarvestPlan(START, None, (category,)))
        papers = MetadataStore(components.data).get(run.new_ids).values()
        elsewhere = {paper.paper_id for paper in papers if paper.primary_category != category}
        assert kept.cross_listed == len(elsewhere & set(kept.new_ids)) <= len(kept.new_ids) <= len(run.new_ids)
        withdrawn += len(elsewhere - set(kept.new_ids))
    assert withdrawn == 2


async def test_a_token_that_leads_to_its_own_page_ends_in_a_failure_and_not_in_a_circle(tmp_path: Path) -> None:
    site = Site(page_size=4, faults=("repeated-token:/oai",))
    components = site.components(tmp_path)
    for _ in range(3):
        with pytest.raises(TemporaryFailure, match="the same resumption token came twice"):
            await components.harvester.run(ALL)
    assert len(site.paths()) < 60
    site.switchboard.faults = Faults()
    forget_pauses(components)
    assert len((await components.harvester.run(ALL)).new_ids) == 126


async def test_a_circle_that_the_next_day_leads_out_of_loses_no_paper(tmp_path: Path) -> None:
    site = Site(page_size=30, faults=("repeated-token:/oai",))
    assert len((await site.components(tmp_path).harvester.run(ALL)).new_ids) == 126


async def test_an_audit_of_a_circle_ends_too(tmp_path: Path) -> None:
    site = Site(faults=("repeated-token:/oai",))
    components = site.components(tmp_path)
    await components.harvester.run(ALL)
    site.app = create_app(demo_corpus(), identifiers_page_size=4, faults=parse_faults(["repeated-token:/oai"]))
    again = site.components(tmp_path)
    with pytest.raises(TemporaryFailure, match="the same resumption token came twice"):
        await again.auditor.run(ALL)
    assert len(site.paths()) < 60


async def test_a_list_without_an_end_that_names_the_same_papers_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(page_size=30)
    components = site.components(tmp_path)
    oai = components.arxiv.oai
    asked = 0

    async def endless(arguments: Mapping[str, str], read: Any) -> Any:
        nonlocal asked
        asked += 1
        first = {"verb": "ListRecords", "metadataPrefix": "arXiv", "from": "2026-10-01"}
        page = await oai(first, read)
        object.__setattr__(page, "resumption_token", f"token {asked}")
        return page

    monkeypatch.setattr("services.fetcher.harvesting.list_reader._MOST_PAGES_WITHOUT_PROGRESS", 5)
    monkeypatch.setattr(components.arxiv, "oai", endless)
    with pytest.raises(TemporaryFailure, match="keeps repeating"):
        await components.harvester.run(ALL)
    assert asked < 10


async def test_the_demo_tells_its_sets_and_its_first_day_as_arxiv_does(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    assert "physics:physics" in await components.arxiv.oai({"verb": "ListSets"}, parse_sets)
    assert await components.arxiv.oai({"verb": "Identify"}, parse_earliest) == ("2005-09-16",)
    assert (await components.arxiv.oai({"verb": "Nonsense"}, parse)).error is not None
