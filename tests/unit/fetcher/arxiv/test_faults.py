"""Every way in which arXiv fails, against the demo server: a harvest ends complete, or says what it waits for."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.demo.misbehaviour.faults import KINDS, Faults, new_fault, parse_fault
from services.fetcher.app import Components
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.harvesting.pages import ProgressUpdate
from shared.errors import TemporaryFailure
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import Site, forget_pauses

ALL = HarvestPlan(date(2026, 10, 1))
# Not of OAI-PMH, slow, large, or no failure of a harvest: they have tests of their own.
ELSEWHERE = {"empty-page", "garbage", "drip", "gzip-bomb", "double-gzip-bomb", "xml-bomb", "broken-record", "shifted"}
OF_OAI = [kind for kind in KINDS if kind not in ELSEWHERE]
HARMLESS = {"slow", "control-character"}
IN_MID_LIST = {"token-expired", "repeated-token"}
QUICK = {"patience_seconds": 0, "failure_waits_seconds": (0.001, 0.002)}


def switch(site: Site, kind: str, times: int | None) -> None:
    fault = new_fault({"kind": kind, "path": "/oai", "times": times, "seconds": 0.01})
    site.switchboard.faults = site.switchboard.faults.and_also(fault)


async def harvest(
    components: Components, attempts: int, switches: dict[int, list[tuple[str, int]]], site: Site
) -> HarvestRun:
    """Go on until it is done, as the schedule does; a person lifts stops. Pauses that arXiv asks for are skipped."""
    pages = 0

    def on_step(step: ProgressUpdate) -> None:
        nonlocal pages
        pages += 1
        for kind, times in switches.pop(pages, []):
            switch(site, kind, times)

    for _ in range(attempts):
        try:
            return await components.harvester.run(ALL, on_step)
        except TemporaryFailure:
            run = RunStore(components.data).latest()
            assert run is not None
            assert run.state == "failed"
            assert run.outcome
            forget_pauses(components)
    raise AssertionError(f"not done after {attempts} attempts")


def assert_complete(components: Components, run: HarvestRun) -> None:
    assert len(RunStore(components.data).all()) == 1
    assert (len(run.new_ids), len(set(run.new_ids)), run.filtered, run.known) == (126, 126, 2, 0)
    assert MetadataStore(components.data).count() == 128


@pytest.mark.parametrize("kind", OF_OAI)
async def test_each_fault_alone_in_mid_list_leaves_the_harvest_complete(tmp_path: Path, kind: str) -> None:
    site = Site(page_size=40)
    components = site.components(tmp_path, **QUICK)
    assert_complete(components, await harvest(components, 4, {1: [(kind, 2)]}, site))
    wanted = 1 if kind == "stale-none" else 2
    assert site.switchboard.befallen[kind] >= wanted or kind == "403"


@pytest.mark.parametrize("kind", [kind for kind in OF_OAI if kind not in HARMLESS | IN_MID_LIST])
async def test_each_fault_on_the_first_request_leaves_the_harvest_complete(tmp_path: Path, kind: str) -> None:
    site = Site(page_size=40)
    components = site.components(tmp_path, **QUICK)
    switch(site, kind, 1)
    assert_complete(components, await harvest(components, 3, {}, site))
    assert site.switchboard.befallen[kind] == 1


@pytest.mark.parametrize("kind", [kind for kind in OF_OAI if kind not in HARMLESS | IN_MID_LIST | {"stale-none"}])
async def test_a_fault_that_stays_is_told_and_what_was_read_is_kept(tmp_path: Path, kind: str) -> None:
    site = Site(page_size=40)
    components = site.components(tmp_path, patience_seconds=0.05)
    with pytest.raises(TemporaryFailure):
        await components.harvester.run(ALL, lambda step: switch(site, kind, None) if step.pages == 1 else None)
    run = RunStore(components.data).latest()
    assert run is not None
    assert ("next try" in run.outcome) is (kind != "403")
    assert ("Requests to arXiv stopped" in run.outcome) is (kind == "403")
    assert MetadataStore(components.data).count() == 40
    site.switchboard.faults = Faults()
    forget_pauses(components)
    assert_complete(components, await components.harvester.run(ALL))


async def test_an_empty_answer_that_arxiv_keeps_is_asked_around_by_another_first_day(tmp_path: Path) -> None:
    site = Site(faults=("stale-none:/oai:1",))
    components = site.components(tmp_path)
    assert_complete(components, await components.harvester.run(ALL))
    assert [path.partition("from=")[2] for path in site.paths()] == ["2026-10-01", "2026-09-30"]


async def test_an_empty_list_where_there_were_papers_is_no_outcome_of_nothing_new(tmp_path: Path) -> None:
    site = Site()
    site.switchboard.today = date(2026, 10, 30)
    components = site.components(tmp_path)
    await components.daily.run()
    site.switchboard.today = date(2026, 11, 6)
    site.switchboard.faults = site.switchboard.faults.and_also(parse_fault("stale-none:/oai"))
    run = await components.daily.run()
    assert run.outcome.startswith("arXiv's list from 2026-10-28 on is empty, though it had papers of 2026-10-30")
    site.switchboard.faults = Faults()
    run = await components.daily.run()
    assert (run.size, run.problem) == (len(run.new_ids) + len(run.revised_ids), "")
    assert MetadataStore(components.data).count() == 128


async def test_an_empty_answer_after_an_expired_token_does_not_end_the_list(tmp_path: Path) -> None:
    site = Site(page_size=40)
    components = site.components(tmp_path, **QUICK)
    switches = {1: [("token-expired", 1), ("stale-none", 3)]}
    assert_complete(components, await harvest(components, 3, switches, site))


SEQUENCES = st.dictionaries(
    st.integers(1, 4), st.lists(st.tuples(st.sampled_from(OF_OAI), st.integers(1, 3)), max_size=3), max_size=4
)


def run_sequence(folder: Path, switches: dict[int, list[tuple[str, int]]], page_size: int) -> None:
    site = Site(page_size=page_size)
    components = site.components(folder, **QUICK)
    assert_complete(components, asyncio.run(harvest(components, 40, dict(switches), site)))


@pytest.mark.proof
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(switches=SEQUENCES, page_size=st.sampled_from((20, 45)))
def test_faults_in_any_order_leave_the_harvest_complete(
    tmp_path_factory: pytest.TempPathFactory, switches: dict[int, list[tuple[str, int]]], page_size: int
) -> None:
    run_sequence(tmp_path_factory.mktemp("faults"), switches, page_size)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(switches=SEQUENCES, page_size=st.sampled_from((7, 20, 45)))
def test_faults_in_any_order_leave_the_harvest_complete_however_long_it_is_tried(
    tmp_path_factory: pytest.TempPathFactory, switches: dict[int, list[tuple[str, int]]], page_size: int
) -> None:
    run_sequence(tmp_path_factory.mktemp("faults"), switches, page_size)
