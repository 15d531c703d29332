import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.misbehaviour.faults import parse_fault
from deploy.demo.papers.synthetic import generate_corpus
from services.fetcher.announcing.outbox import events_of
from services.fetcher.app import Components
from services.fetcher.harvesting.cursor import Cursor, HarvestPlan
from services.fetcher.harvesting.cursor_store import CursorStore
from services.fetcher.harvesting.harvest import Harvester
from services.fetcher.harvesting.pages import ProgressUpdate
from shared.errors import TemporaryFailure
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import Site, data_folder, demo_corpus, forget_pauses

ALL = HarvestPlan(date(2026, 10, 1))


class Killed(BaseException):
    """Stands for the end of the process."""


def stored_bytes(components: Components) -> dict[str, bytes]:
    return {path.name: without_times(path) for path in sorted(components.data.path("metadata").glob("*.csv"))}


def without_times(path: Path) -> bytes:
    """The file without the times of the harvest."""
    rows = (row.rsplit(b",", 4) for row in path.read_bytes().split(b"\r\n"))
    return b"\r\n".join(b",".join(cells[:1] + cells[2:]) for cells in rows)


async def test_everything_is_harvested_page_by_page_and_the_run_says_so(tmp_path: Path) -> None:
    site = Site(page_size=50)
    components = site.components(tmp_path)
    steps: list[ProgressUpdate] = []
    run = await components.harvester.run(ALL, steps.append)
    assert [step.papers for step in steps] == [50, 100, 128]
    assert steps[0].left_seconds is not None
    assert steps[-1].left_seconds == 0
    assert MetadataStore(components.data).count() == 128
    assert (len(run.new_ids), run.filtered, run.state, run.day) == (126, 2, "done", date(2026, 11, 6))
    assert run.outcome == "126 new, 0 revised, 2 withdrawn, stored only; 0 unchanged"
    assert components.harvester.unfinished() == []
    assert RunStore(components.data).latest() == run


async def test_the_same_harvest_again_finds_nothing_new_and_changes_no_byte(tmp_path: Path) -> None:
    site = Site()
    components = site.components(tmp_path)
    await components.harvester.run(ALL)
    before = {path.name: path.read_bytes() for path in components.data.path("metadata").glob("*.csv")}
    run = await components.harvester.run(ALL)
    assert (run.size, run.known) == (0, 128)
    assert "128 unchanged" in run.outcome
    assert {path.name: path.read_bytes() for path in components.data.path("metadata").glob("*.csv")} == before


async def test_categories_are_harvested_by_their_sets_and_a_paper_in_two_counts_once(tmp_path: Path) -> None:
    site = Site()
    components = site.components(tmp_path)
    run = await components.harvester.run(HarvestPlan(date(2026, 10, 1), None, ("cs.LG", "cs.CL")))
    wanted = {paper.paper_id for paper in demo_corpus().papers.values() if {"cs.LG", "cs.CL"} & set(paper.categories)}
    stored = {paper.paper_id for paper in MetadataStore(components.data).all()}
    assert stored == wanted
    assert len(run.new_ids) + run.filtered == len(wanted)
    assert [path.partition("set=")[2] for path in site.paths()] == ["", "cs%3Acs%3ACL", "cs%3Acs%3ALG"]
    assert "verb=ListSets" in site.paths()[0]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[HarvestRun, dict[str, bytes]]:
    """A harvest that nobody killed: its record and what it stored."""
    components = Site(page_size=50).components(tmp_path_factory.mktemp("undisturbed"))
    return asyncio.run(components.harvester.run(ALL)), stored_bytes(components)


@pytest.mark.parametrize("step", range(1, 15))
async def test_a_kill_at_any_step_neither_loses_nor_doubles_a_paper(
    tmp_path: Path, step: int, undisturbed: tuple[HarvestRun, dict[str, bytes]]
) -> None:
    site = Site(page_size=50)
    expected, expected_bytes = undisturbed
    components = site.components(tmp_path / "killed")
    kill_at(components, step)
    with pytest.raises(Killed):
        await components.harvester.run(ALL)
    again = site.components(tmp_path / "killed")
    plans = again.harvester.unfinished()
    run = await again.harvester.run(plans[0] if plans else ALL)
    first = RunStore(again.data).all()[0]
    assert set(first.new_ids) == set(expected.new_ids)
    assert len(first.new_ids) == len(expected.new_ids)
    assert first.known == 0
    assert stored_bytes(again) == expected_bytes
    assert run.state == "done"


def kill_at(components: Components, step: int) -> None:
    """Die before or after the `step`-th write of the harvest."""
    count = 0

    def dying(function: Any) -> Any:
        def call(*arguments: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                raise Killed
            return function(*arguments)

        return call

    harvester: Any = components.harvester
    harvester._cursors.note = dying(harvester._cursors.note)
    harvester._cursors._append = dying(harvester._cursors._append)
    harvester._cursors.flushed = dying(harvester._cursors.flushed)
    harvester._runs.put = dying(harvester._runs.put)
    harvester._progress.advance = dying(harvester._progress.advance)
    harvester._cursors.end = dying(harvester._cursors.end)
    harvester._catalogue._store.put_rows = dying(harvester._catalogue._store.put_rows)


@pytest.mark.parametrize(
    "faults",
    [
        ("503-silent:/oai:2",),
        ("rate-exceeded:/oai:3",),
        ("truncated:/oai:2",),
        ("406:/oai:1",),
        ("token-expired:/oai:1",),
        ("stale-none:/oai:1",),
    ],
)
async def test_whatever_arxiv_does_the_harvest_ends_complete(tmp_path: Path, faults: tuple[str, ...]) -> None:
    site = Site(page_size=30)
    components = site.components(tmp_path)
    first = True
    for _ in range(6):
        try:
            run = await components.harvester.run(
                ALL, lambda step: add_faults(site, faults) if step.pages == 1 else None
            )
            break
        except TemporaryFailure:
            first = False
    assert MetadataStore(components.data).count() == 128
    assert len(run.new_ids) == 126
    assert first or len(RunStore(components.data).all()) == 1


def add_faults(site: Site, faults: tuple[str, ...]) -> None:
    for fault in faults:
        site.switchboard.faults = site.switchboard.faults.and_also(parse_fault(fault))
    assert site.switchboard.faults.switches


async def test_a_failing_arxiv_is_in_the_outcome_with_the_next_try(tmp_path: Path) -> None:
    site = Site(faults=("503:/oai",))
    components = site.components(tmp_path, patience_seconds=0)
    with pytest.raises(TemporaryFailure):
        await components.harvester.run(ALL)
    run = RunStore(components.data).latest()
    assert run is not None
    assert run.state == "failed"
    assert run.outcome.startswith("arXiv unreachable since ")
    assert "(503 Service Unavailable), next try " in run.outcome
    assert components.harvester.unfinished() == [ALL]


async def test_a_list_that_always_breaks_off_ends_in_a_failure_and_not_in_a_circle(tmp_path: Path) -> None:
    site = Site(page_size=4, faults=("token-expired:/oai",))
    with pytest.raises(TemporaryFailure, match="keeps breaking off"):
        await site.components(tmp_path).harvester.run(ALL)


async def test_without_any_token_a_harvest_goes_on_from_the_last_safe_day(tmp_path: Path) -> None:
    site = Site(page_size=30, faults=("token-expired:/oai",))
    components = site.components(tmp_path)
    run = await components.harvester.run(ALL)
    assert (len(run.new_ids), MetadataStore(components.data).count()) == (126, 128)
    asked = [path.partition("from=")[2][:10] for path in site.paths() if "resumptionToken" not in path]
    assert asked == sorted(set(asked))
    assert len(asked) > 3


async def test_pages_are_folded_into_the_store_when_there_are_enough_of_them(tmp_path: Path) -> None:
    components = Site(page_size=30).components(tmp_path)
    harvester = Harvester(components.arxiv, components.catalogue, components.data, flush_papers=60)
    counts: list[int] = []
    await harvester.run(ALL, lambda step: counts.append(MetadataStore(components.data).count()))
    assert counts == [0, 60, 60, 120, 120]
    assert MetadataStore(components.data).count() == 128
    assert not list(components.data.path("state", "fetcher", "cursors").iterdir())


async def test_a_limit_stops_there_and_is_no_progress(tmp_path: Path) -> None:
    site = Site(page_size=30)
    components = site.components(tmp_path)
    run = await components.harvester.run(HarvestPlan(date(2026, 10, 1), limit=40))
    assert len(run.new_ids) + run.filtered == 40
    assert MetadataStore(components.data).count() == 40
    assert components.daily.plan().from_date == date(2026, 10, 26)


async def test_a_rehearsal_says_what_would_come_and_stores_nothing(tmp_path: Path) -> None:
    components = Site(page_size=50).components(tmp_path)
    run = await components.harvester.rehearse(ALL)
    assert len(run.new_ids) == 128
    assert MetadataStore(components.data).count() == 0
    assert RunStore(components.data).all() == []


async def test_a_second_harvest_at_the_same_time_is_sent_away(tmp_path: Path) -> None:
    site = Site(page_size=50)
    components, other = site.components(tmp_path), site.components(tmp_path)
    refused: list[str] = []
    harvester: Any = components.harvester
    note = harvester._cursors.note

    def noting(*arguments: Any) -> None:
        try:
            with other.harvester._alone():
                pass
        except TemporaryFailure as error:
            refused.append(str(error))
        note(*arguments)

    harvester._cursors.note = noting
    await components.harvester.run(ALL)
    assert len(refused) == 3
    assert refused[0].startswith("Another harvest is running")


async def test_the_daily_harvest_reaches_back_two_days_and_a_revision_is_announced_as_one(tmp_path: Path) -> None:
    site = Site()
    site.switchboard.today = date(2026, 10, 30)
    components = site.components(tmp_path)
    first = await components.daily.run()
    assert first.day == date(2026, 10, 30)
    assert components.daily.plan() == HarvestPlan(date(2026, 10, 28), None, ())
    site.switchboard.today = date(2026, 11, 6)
    second = await components.daily.run()
    assert second.known > 0
    assert not set(first.new_ids) & set(second.new_ids)
    revised = [paper for paper in demo_corpus().papers.values() if len(paper.announced) > 1]
    late = {paper.paper_id for paper in revised if paper.announced[0] <= "2026-10-30" < paper.announced[-1]}
    assert set(second.revised_ids) <= late
    assert {event.reason for event in events_of(second)} <= {"new", "revised"}


async def test_an_interrupted_harvest_is_gone_on_with_by_the_daily_one(tmp_path: Path) -> None:
    site = Site(page_size=50)
    components = site.components(tmp_path, patience_seconds=0)
    step = lambda step: add_faults(site, ("503:/oai:1",)) if step.pages == 1 else None  # noqa: E731
    with pytest.raises(TemporaryFailure):
        await components.daily.run(step)
    again = site.components(tmp_path, patience_seconds=10)
    forget_pauses(again)
    run = await again.daily.run()
    assert len(RunStore(again.data).all()) == 1
    assert len(run.new_ids) == 126


async def test_a_large_harvest_is_announced_in_events_of_at_most_500(tmp_path: Path) -> None:
    components = Site(generate_corpus(1_203)).components(tmp_path)
    run = await components.harvester.run(HarvestPlan(date(2020, 1, 1)))
    events = list(events_of(run))
    assert [len(event.paper_ids) for event in events] == [500, 500, 203]
    assert [event.last for event in events] == [False, False, True]
    assert {event.run_size for event in events} == {1_203}
    assert events == list(events_of(run))


def test_a_plan_that_was_written_down_comes_back_as_it_was(tmp_path: Path) -> None:
    plan = HarvestPlan(date(2026, 10, 1), date(2026, 11, 1), ("cs.CL",), 7)
    store = CursorStore(data_folder(tmp_path))
    store.begin(Cursor("r1", plan, datetime(2026, 11, 1, tzinfo=UTC)))
    assert store.open_cursors()[0].plan == plan
