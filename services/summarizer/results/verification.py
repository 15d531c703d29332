"""Looks at the results of tables: papers that were read and whose tables were not, or by older rules."""

from services.summarizer.results.extraction import RECIPE
from services.summarizer.results.step import results_again
from services.summarizer.settings import Settings
from shared.command_line.context import load
from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding, Findings, counted, some
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.results import ResultStore
from shared.store.papers.summaries import SummaryStore

RESULTS = "results"
"""The repair that reads tables again from stored documents."""


def verify_paper_results(*, deep: bool) -> list[Finding]:
    """Name papers whose document is here and whose tables were not read by today's rules."""
    findings = Findings(RESULTS)
    data = _data()
    results, documents = ResultStore(data), DocumentStore(data)
    behind = [
        summary.paper_id
        for summary in SummaryStore(data).all()
        if (version := summary.made_by.document_version)
        and summary.made_by.document_route != "abstract"
        and (documents.folder(summary.paper_id, version) / "document.md").exists()
        and not _is_read(results, summary.paper_id, version)
    ]
    if behind:
        text = (
            f"{counted(len(behind), 'summarised paper')} whose tables were not read, or by older rules ({some(behind)})"
        )
        findings.note(RESULTS, text, "`papersys reconcile` reads them from the documents that are here", RESULTS)
    return findings.all()


def read_tables_again() -> str:
    """Read them; returns what was done, in words."""
    data = _data()
    stores = SummaryStore(data), MetadataStore(data), DocumentStore(data), ResultStore(data)
    read, gone = results_again(*stores, now)
    left = f"; of {counted(len(gone), 'paper')} the text is not stored any more" if gone else ""
    return f"The tables of {counted(read, 'paper')} were read{left}."


def _is_read(results: ResultStore, paper_id: str, version: int) -> bool:
    stored = results.get(paper_id)
    return stored is not None and (stored.recipe, stored.version) == (RECIPE, version)


def _data() -> DataFolder:
    settings = load(Settings)
    return DataFolder(settings.data.path, settings.data.min_free_mb)
