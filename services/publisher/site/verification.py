"""Looks at the Markdown of the site: every summarised paper has its page."""

from datetime import timedelta

from services.publisher.commands import publish
from services.publisher.settings import Settings
from services.publisher.site.page_sources import is_public
from shared.command_line.context import load
from shared.contracts import now
from shared.paper_ids import folder_name
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding, Findings, counted, some
from shared.store.papers.summaries import SummaryStore

SITE = "site"
"""The repair that writes the pages that are missing."""
_NEW_FOR = timedelta(minutes=10)
"""A summary made within this time may still wait for its page."""


def verify_site(*, deep: bool) -> list[Finding]:
    """Look for summarised papers without a page; a folder without any site has none to look at."""
    findings = Findings("site")
    missing = _missing()
    if missing:
        text = f"{counted(len(missing), 'summarised paper')} without a page ({some(missing)})"
        findings.gap("site/content/papers", text, "`papersys reconcile` or `papersys publish` writes them", SITE)
    return findings.all()


def write_missing_pages() -> str:
    """Write them; returns how many, in words."""
    missing = _missing()
    failures = publish(load(Settings), tuple(missing)).failures if missing else {}
    left = f"; {counted(len(failures), 'page')} could not be written" if failures else ""
    return f"{counted(len(missing) - len(failures), 'page')} of the site written{left}."


def _missing() -> list[str]:
    settings = load(Settings)
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    pages = {path.stem for path in data.path("site", "content", "papers").glob("*.md")}
    if not pages:
        return []
    oldest = now() - _NEW_FOR
    return [
        summary.paper_id
        for summary in SummaryStore(data).all()
        if is_public(summary.paper_id) and folder_name(summary.paper_id) not in pages and summary.made_at < oldest
    ]
