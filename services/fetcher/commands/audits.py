"""What is stored, compared with arXiv: which papers are missing, and which versions are the newest."""

from collections.abc import Sequence
from datetime import date

from services.fetcher.app import build
from services.fetcher.commands.announcing import announce
from services.fetcher.commands.harvests import known_categories
from services.fetcher.commands.running import prepared, run_limited
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.metadata.version_numbers import correct_versions
from services.fetcher.scheduling.audit import AuditReport
from services.fetcher.settings import Settings
from shared.paper_ids import is_arxiv


def audit(
    settings: Settings,
    from_date: date | None = None,
    until_date: date | None = None,
    categories: Sequence[str] | None = None,
) -> AuditReport:
    """Compare arXiv's lists with the store and fetch what is missing; without dates, all that harvests have reached.

    Raises PapersysError.
    """
    return run_limited(settings, _audit(settings, from_date, until_date, categories))


def exact_versions(settings: Settings, paper_ids: Sequence[str]) -> dict[str, int]:
    """Ask arXiv for the newest version of papers and note it; unknown papers are left out. Raises PapersysError."""
    return run_limited(settings, _exact_versions(settings, paper_ids))


async def _exact_versions(settings: Settings, paper_ids: Sequence[str]) -> dict[str, int]:
    data = prepared(settings)
    components = build(data, settings.fetcher)
    try:
        of_arxiv = [paper_id for paper_id in paper_ids if is_arxiv(paper_id)]
        return await correct_versions(of_arxiv, components.arxiv, components.catalogue)
    finally:
        await components.arxiv.close()


async def _audit(
    settings: Settings, from_date: date | None, until_date: date | None, categories: Sequence[str] | None
) -> AuditReport:
    data = prepared(settings)
    components = build(data, settings.fetcher)
    whole = components.auditor.whole_plan()
    wanted = whole.categories if categories is None else known_categories(categories)
    try:
        found = await components.auditor.run(HarvestPlan(from_date or whole.from_date, until_date, wanted))
    finally:
        await components.arxiv.close()
    if found.fetched:
        await announce(data, settings.bus)
    return found
