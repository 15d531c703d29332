"""The step of the agent that keeps the numbers of a paper's tables, and the same again from documents that are here."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from services.summarizer.llm.asking import AskContext
from services.summarizer.results.extraction import RECIPE, NamedTable, named_tables, record_of
from services.summarizer.results.model_names import TableNamer
from services.summarizer.state import State
from shared.store.papers.documents import Caption, DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.results import PaperResults, ResultStore
from shared.store.papers.summaries import SummaryStore

log = logging.getLogger(__name__)


class ResultsStep:
    """Stores the results of a paper before its summary is: where there is a summary, they are there."""

    def __init__(
        self, store: ResultStore, documents: DocumentStore, namer: TableNamer, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._documents = documents
        self._namer = namer
        self._now = now

    async def measure(self, state: State) -> State:
        """Changes nothing of the state. Twice for the same text stores the same; tables it cannot read are none."""
        paper, event = state["paper"], state["event"]
        record = await asyncio.to_thread(self._documents.record, paper.paper_id, state["version"])
        captions = record.captions if record else ()
        tables = await asyncio.to_thread(tables_or_none, paper.paper_id, state["markdown"], captions)
        context = AskContext("extract", paper.paper_id, event.run_id, event.event_id, event.user)
        tables = await self._namer.named(tables, context) if state["mode"] == "llm" else tables
        results = record_of(paper, state["version"], state["route"], tables, self._now())
        await asyncio.to_thread(self._store.put, results)
        return {}


def tables_or_none(paper_id: str, markdown: str, captions: Iterable[Caption]) -> list[NamedTable]:
    """The named tables of a paper; none, with a line in the log, where its text breaks the reading of tables."""
    try:
        return named_tables(markdown, captions)
    except (ValueError, RecursionError, LookupError, TypeError) as error:
        facts = {"action": "tables_unreadable", "paper_id": paper_id}
        log.exception("The tables of %s could not be read: %s", paper_id, error, extra=facts)
        return []


def results_again(
    summaries: SummaryStore,
    metadata: MetadataStore,
    documents: DocumentStore,
    store: ResultStore,
    now: Callable[[], datetime],
    *,
    everything: bool = False,
    paper_ids: Iterable[str] | None = None,
) -> tuple[int, list[str]]:
    """Read the tables of summarised papers again from the documents that are here, without a model.

    Only papers without results, or with those of an older recipe or version, unless `everything`. Names that a model
    gave are kept where the number stands where it stood. Returns how many papers were read, and whose text is gone.
    """
    read, gone = 0, []
    for paper_id in list(paper_ids if paper_ids is not None else summaries.ids()):
        summary, paper = summaries.get(paper_id), metadata.get([paper_id]).get(paper_id)
        version = summary.made_by.document_version if summary else None
        if summary is None or paper is None or not version or summary.made_by.document_route == "abstract":
            continue
        stored = store.get(paper_id)
        if stored and not everything and (stored.recipe, stored.version) == (RECIPE, version):
            continue
        record = documents.record(paper_id, version)
        try:
            markdown = documents.markdown(paper_id, version)
        except OSError:
            gone.append(paper_id)
            continue
        tables = tables_or_none(paper_id, markdown, record.captions if record else ())
        fresh = record_of(paper, version, (record and record.route) or "", tables, now())
        fresh = with_kept_names(fresh, stored)
        store.put(fresh)
        read += 1
    return read, gone


def with_kept_names(fresh: PaperResults, stored: PaperResults | None) -> PaperResults:
    """Results with the names that a model gave to the same cells at the same places."""
    if stored is None or stored.version != fresh.version:
        return fresh
    by_place = {(result.start, result.cell): result for _, result in stored.all() if result.named_by}
    tables = []
    for table in fresh.tables:
        results = []
        for result in table.results:
            old = by_place.get((result.start, result.cell))
            if old is not None and result.metric in ("", old.metric):
                named = {
                    "task": result.task or old.task,
                    "dataset": result.dataset or old.dataset,
                    "metric": old.metric,
                }
                result = result.model_copy(update={**named, "better": old.better, "named_by": old.named_by})
            results.append(result)
        tables.append(table.model_copy(update={"results": tuple(results)}))
    return fresh.model_copy(update={"tables": tuple(tables)})
