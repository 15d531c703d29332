"""What the command line calls; works with no running system."""

from collections.abc import Callable
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

from services.publisher.access.sessions import end_all_sessions
from services.publisher.pages.templating import arxiv_address
from services.publisher.records.records import Records
from services.publisher.settings import Settings
from services.publisher.site.building.build import Built, SiteBuilder
from services.publisher.site.markdown_files import Site
from services.publisher.site.preview import open_preview
from shared.paper_ids import parse_paper_id
from shared.store.files.data_folder import DataFolder


@dataclass(frozen=True)
class Written:
    """What became of the site's Markdown: pages that are as their papers are, files that changed, and why some failed.

    `kept` are files that a person edited, which stay as they are.
    """

    pages: int
    changed: list[Path]
    kept: list[Path]
    failures: dict[str, Exception]


def publish(settings: Settings, paper_ids: tuple[str, ...] = (), *, is_dry_run: bool = False) -> Written:
    """Write the site's Markdown of these papers (none named: of all that have a summary), or only say what would be.

    Raises ValueError for what is no arXiv id.
    """
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    records = Records(data, settings.embedding.model)
    wanted = [parse_paper_id(text) for text in paper_ids] or records.summarised_ids()
    site = Site(data, records, arxiv_address(settings.demo), settings.publisher.site, is_dry_run=is_dry_run)
    failures = site.publish(wanted)
    return Written(len(wanted) - len(failures.keys() & set(wanted)), site.changed, site.kept, failures)


def build_site(settings: Settings, say: Callable[[str], None]) -> Built:
    """Build the site from its Markdown and publish it in the data folder. Raises PapersysError."""
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    site = settings.publisher.site
    return SiteBuilder(data, site, settings.comments, arxiv_address(settings.demo), say).build()


def preview_site(settings: Settings) -> ThreadingHTTPServer:
    """A server of the published site that waits to be run. Raises PapersysError."""
    site = settings.publisher.site
    return open_preview(settings.data.path / "site" / "public", site.preview_port, site.address_in_use())


def log_out_everybody(settings: Settings) -> None:
    """End every session of the reader."""
    end_all_sessions(DataFolder(settings.data.path, settings.data.min_free_mb))
