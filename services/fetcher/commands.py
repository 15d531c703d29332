"""What the command line does with the fetcher's own code, with or without a running system."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from services.fetcher.announcing.outbox import Outbox
from services.fetcher.app import Components, build, new_gate
from services.fetcher.arxiv.gate import Gate
from services.fetcher.arxiv.query import Results, parse_results, search_arguments
from services.fetcher.arxiv.sets import sets_of
from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import Converter, job_for
from services.fetcher.documents.document_fetcher import DocumentFetcher
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.harvesting.pages import OnProgress
from services.fetcher.metadata.importing import ImportResult, OnBytesRead, import_files
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.metadata.version_numbers import correct_versions
from services.fetcher.scheduling.audit import AuditReport
from services.fetcher.scheduling.daily import DailyHarvest
from services.fetcher.settings import FetcherSettings, Settings
from services.fetcher.sources.registry import Server, open_servers
from services.fetcher.sources.server_documents import ServerDocuments
from shared.bus.bus import NatsBus
from shared.errors import PapersysError, TemporaryFailure
from shared.paper_ids import is_arxiv
from shared.service.memory import limited_memory
from shared.settings.settings import BusSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.runs import HarvestRun
from shared.store.source_states import SourceState

_NATS_SECONDS = 3.0
T = TypeVar("T")


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
    return _run(settings, _fetch(settings, from_date, until_date, categories, limit, dry_run, progress))


def import_papers(settings: Settings, paths: Sequence[Path], progress: OnBytesRead | None = None) -> ImportResult:
    """Bring metadata in from files; nothing is announced, `papersys embed` gives them vectors. Raises PapersysError."""
    data = _data(settings)
    data.prepare()
    with limited_memory(settings.fetcher.memory_mb):
        return import_files(paths, MetadataStore(data), progress)


def search_arxiv(settings: Settings, query: str, limit: int = 50) -> tuple[Paper, ...]:
    """What arXiv itself finds, best first, in its own syntax or plain words. Stores nothing. Raises PapersysError."""
    results = _run(settings, _search(settings, query, limit))
    if results.problem:
        raise PapersysError(f"arXiv does not understand the search: {results.problem}.")
    return results.papers


def audit(
    settings: Settings,
    from_date: date | None = None,
    until_date: date | None = None,
    categories: Sequence[str] | None = None,
) -> AuditReport:
    """Compare arXiv's lists with the store and fetch what is missing; without dates, all that harvests have reached.

    Raises PapersysError.
    """
    return _run(settings, _audit(settings, from_date, until_date, categories))


def convert(
    path: Path, out: Path | None = None, report: Path | None = None, settings: FetcherSettings | None = None
) -> Converted:
    """Convert a source (tar.gz, gzip, TeX, PDF, HTML, a folder of TeX) and write its Markdown and its report.

    A text was found where `status` is `converted`; Markdown is written only then. Raises PapersysError.
    """
    if not path.exists():
        raise PapersysError(f"There is no file {path}.")
    outcome = Converter().convert(job_for(path, settings or FetcherSettings()))
    if out is not None and outcome.status == "converted":
        out.write_text(outcome.markdown, encoding="utf-8")
    if report is not None:
        facts = {"file": path.name, **outcome.model_dump(mode="json", exclude={"markdown"})}
        report.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return outcome


def convert_paper(
    settings: Settings, paper_id: str, out: Path | None = None, report: Path | None = None
) -> tuple[DocumentRecord, str]:
    """Fetch a paper from arXiv through the gate, convert it where it is not stored yet; its record and Markdown.

    Raises PapersysError.
    """
    return _run(settings, _convert_paper(settings, paper_id, out, report))


def _run(settings: Settings, work: Coroutine[Any, Any, T]) -> T:
    """What arXiv is asked for, in no more memory than the settings say: it may send anything."""
    with limited_memory(settings.fetcher.memory_mb):
        return asyncio.run(work)


async def _convert_paper(
    settings: Settings, paper_id: str, out: Path | None, report: Path | None
) -> tuple[DocumentRecord, str]:
    data = _data(settings)
    data.prepare()
    components = build(data, settings.fetcher)
    servers = open_servers(data, settings.fetcher, components.catalogue)
    converter = Converter()
    store = DocumentStore(data)
    try:
        if is_arxiv(paper_id):
            documents = DocumentFetcher(components.arxiv, components.catalogue, data, settings.fetcher, converter)
            reply = await documents.get(paper_id)
        else:
            of_servers = ServerDocuments(servers, components.catalogue, data, settings.fetcher, converter)
            await servers.look_up([paper_id])
            reply = await of_servers.get(paper_id)
            if reply.folder is None:
                raise PapersysError(f"There is no text of {paper_id}: {reply.detail}.")
    finally:
        converter.close()
        await servers.close()
        await components.arxiv.close()
    record = store.record(paper_id, reply.version)
    if record is None:
        raise PapersysError(f"{paper_id} was converted, but its report is not in {data.root}.")
    markdown = store.markdown(paper_id, reply.version) if record.status == "converted" else ""
    if out is not None and markdown:
        out.write_text(markdown, encoding="utf-8")
    if report is not None:
        report.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return record, markdown


def resume(settings: Settings) -> str:
    """Ask arXiv and the other servers again after a 403; what that comes to, in words. A pause that was asked for is
    kept."""
    data = _data(settings)
    servers = open_servers(data, settings.fetcher, Catalogue(MetadataStore(data)))
    lifted_too = [name for server in servers for name in _lifted(server)]
    told = _resumed(new_gate(data, settings.fetcher))
    return f"{told} Requests to {' and '.join(lifted_too)} are allowed again." if lifted_too else told


def _lifted(server: Server) -> list[str]:
    """What was stopped of a server and is no more."""
    gates = ((server.source.label, server.client.gate), (f"{server.source.label}'s site", server.site.gate))
    return [name for name, gate in gates if gate.resume()]


def _resumed(gate: Gate) -> str:
    was_stopped, pause = gate.resume(), gate.pause()
    if pause is not None:
        lifted = "Requests are allowed again. " if was_stopped else ""
        return f"{lifted}{pause}; arXiv asked for this pause, so it remains."
    return "Requests to arXiv are allowed again." if was_stopped else "Requests to arXiv were not stopped."


async def _fetch(
    settings: Settings,
    from_date: date | None,
    until_date: date | None,
    categories: Sequence[str] | None,
    limit: int | None,
    dry_run: bool,
    progress: OnProgress | None,
) -> HarvestRun:
    data = _data(settings)
    data.prepare()
    components = build(data, settings.fetcher)
    try:
        plan = _plan(components.daily, settings.fetcher, from_date, until_date, categories, limit)
        run = await _harvest(components, plan, dry_run, progress)
    finally:
        await components.arxiv.close()
    if not dry_run:
        await announce(data, settings.bus)
    return run


def fetch_source(settings: Settings, name: str) -> SourceState:
    """Harvest another preprint server of the settings now, or go on with its interrupted harvest.

    What is new is announced where NATS can be reached, otherwise by the service. Raises PapersysError.
    """
    return _run(settings, _fetch_source(settings, name))


async def _fetch_source(settings: Settings, name: str) -> SourceState:
    data = _data(settings)
    data.prepare()
    servers = open_servers(data, settings.fetcher, Catalogue(MetadataStore(data)))
    server = servers.get(name)
    try:
        state = await server.harvest.run()
    finally:
        await servers.close()
    await announce(data, settings.bus, server.outbox.empty)
    return state


def exact_versions(settings: Settings, paper_ids: Sequence[str]) -> dict[str, int]:
    """Ask arXiv for the newest version of papers and note it; unknown papers are left out. Raises PapersysError."""
    return _run(settings, _exact_versions(settings, paper_ids))


async def _exact_versions(settings: Settings, paper_ids: Sequence[str]) -> dict[str, int]:
    data = _data(settings)
    data.prepare()
    components = build(data, settings.fetcher)
    try:
        of_arxiv = [paper_id for paper_id in paper_ids if is_arxiv(paper_id)]
        return await correct_versions(of_arxiv, components.arxiv, components.catalogue)
    finally:
        await components.arxiv.close()


async def _search(settings: Settings, query: str, limit: int) -> Results:
    data = _data(settings)
    data.prepare()
    components = build(data, settings.fetcher)
    try:
        return await components.arxiv.query(search_arguments(query, limit), parse_results)
    finally:
        await components.arxiv.close()


async def _audit(
    settings: Settings, from_date: date | None, until_date: date | None, categories: Sequence[str] | None
) -> AuditReport:
    data = _data(settings)
    data.prepare()
    components = build(data, settings.fetcher)
    whole = components.auditor.whole_plan()
    wanted = whole.categories if categories is None else _known(tuple(categories))
    try:
        found = await components.auditor.run(HarvestPlan(from_date or whole.from_date, until_date, wanted))
    finally:
        await components.arxiv.close()
    if found.fetched:
        await announce(data, settings.bus)
    return found


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
    wanted = settings.categories if categories is None else _known(tuple(categories))
    start = from_date or (until_date if until_date is not None else daily.plan().from_date)
    return HarvestPlan(start, until_date, wanted, limit)


def _known(categories: tuple[str, ...]) -> tuple[str, ...]:
    try:
        sets_of(categories)
    except ValueError as error:
        raise PapersysError(f"{error}.") from error
    return categories


async def announce(
    data: DataFolder, bus_settings: BusSettings, empty: Callable[[NatsBus], Awaitable[int]] | None = None
) -> bool:
    """Empty the outbox, arXiv's where no other is given, where NATS can be reached within seconds; False where the
    service has to do it later."""
    bus = NatsBus(bus_settings, "fetcher")
    async with bus.running():
        for _ in range(int(_NATS_SECONDS / 0.1)):
            if bus.problem() is None:
                break
            await asyncio.sleep(0.1)
        try:
            await (Outbox(data, bus).empty() if empty is None else empty(bus))
        except TemporaryFailure:
            return False
    return True


def _data(settings: Settings) -> DataFolder:
    return DataFolder(settings.data.path, settings.data.min_free_mb)
