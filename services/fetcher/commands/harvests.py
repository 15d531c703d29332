"""Harvests now: of arXiv, or of another preprint server."""

from collections.abc import Sequence
from datetime import date

from services.fetcher.app import Components, build
from services.fetcher.arxiv.sets import sets_of
from services.fetcher.commands.announcing import announce
from services.fetcher.commands.running import prepared, run_limited
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.harvesting.pages import OnProgress
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.scheduling.daily import DailyHarvest
from services.fetcher.settings import FetcherSettings, Settings
from services.fetcher.sources.registry import open_servers
from shared.errors import PapersysError, TemporaryFailure
from shared.store.harvests.runs import HarvestRun
from shared.store.harvests.source_states import SourceState
from shared.store.papers.metadata import MetadataStore


def fetch(
    settings: Settings,
    from_date: date | None = None,
    until_date: date | None = None,
    categories: Sequence[str] | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    progress: OnProgress | None = None,
) -> HarvestRun:
    """Harvest now; without dates, what the daily harvest would. An interrupted harvest with the same arguments goes on.

    What is new is announced where NATS can be reached, otherwise by the service. Raises PapersysError.
    """
    return run_limited(settings, _fetch(settings, from_date, until_date, categories, limit, dry_run, progress))


def fetch_source(settings: Settings, name: str) -> SourceState:
    """Harvest another preprint server of the settings now, or go on with its interrupted harvest.

    What is new is announced where NATS can be reached, otherwise by the service. Raises PapersysError.
    """
    return run_limited(settings, _fetch_source(settings, name))


async def _fetch(
    settings: Settings,
    from_date: date | None,
    until_date: date | None,
    categories: Sequence[str] | None,
    limit: int | None,
    dry_run: bool,
    progress: OnProgress | None,
) -> HarvestRun:
    data = prepared(settings)
    components = build(data, settings.fetcher)
    try:
        plan = _plan(components.daily, settings.fetcher, from_date, until_date, categories, limit)
        run = await _harvest(components, plan, dry_run, progress)
    finally:
        await components.arxiv.close()
    if not dry_run:
        await announce(data, settings.bus)
    return run


async def _fetch_source(settings: Settings, name: str) -> SourceState:
    data = prepared(settings)
    servers = open_servers(data, settings.fetcher, Catalogue(MetadataStore(data)))
    server = servers.get(name)
    try:
        state = await server.harvest.run()
    finally:
        await servers.close()
    await announce(data, settings.bus, server.outbox.empty)
    return state


async def _harvest(
    components: Components, plan: HarvestPlan | None, dry_run: bool, progress: OnProgress | None
) -> HarvestRun:
    if dry_run:
        return await components.harvester.rehearse(plan or components.daily.plan(), progress)
    if plan is None:
        return await _harvest_today(components, progress)
    run = await components.harvester.run(plan, progress)
    return run if plan.limit else await components.auditor.after(run)


async def _harvest_today(components: Components, progress: OnProgress | None) -> HarvestRun:
    run = await components.daily.today(progress)
    try:
        await components.daily.go_on(progress)
    except TemporaryFailure as failure:
        return components.harvester.add_to_outcome(run, f"an interrupted harvest waits: {failure}")
    return run


def _plan(
    daily: DailyHarvest,
    settings: FetcherSettings,
    from_date: date | None,
    until_date: date | None,
    categories: Sequence[str] | None,
    limit: int | None,
) -> HarvestPlan | None:
    """What was asked for; None for the daily harvest."""
    if from_date is None and until_date is None and categories is None and limit is None:
        return None
    if until_date is not None and from_date is not None and until_date < from_date:
        raise PapersysError(f"--to {until_date} is before --from {from_date}.")
    wanted = settings.categories if categories is None else known_categories(categories)
    start = from_date or (until_date if until_date is not None else daily.plan().from_date)
    return HarvestPlan(start, until_date, wanted, limit)


def known_categories(names: Sequence[str]) -> tuple[str, ...]:
    """Categories as they were asked for. Raises PapersysError for one that arXiv has not."""
    try:
        sets_of(names)
    except ValueError as error:
        raise PapersysError(f"{error}.") from error
    return tuple(names)
