"""What the command line calls; works with no running system."""

from services.publisher.access.sessions import end_all_sessions
from services.publisher.pages.templating import arxiv_address
from services.publisher.records.records import Records
from services.publisher.settings import Settings
from services.publisher.site.markdown_files import Site
from shared.paper_ids import parse_paper_id
from shared.store.files.data_folder import DataFolder


def publish(settings: Settings, paper_ids: tuple[str, ...] = ()) -> tuple[int, dict[str, Exception]]:
    """Write the site's pages of these papers (none named: all that have a summary): how many, and which failed why.

    Raises ValueError for what is no arXiv id.
    """
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    records = Records(data, settings.embedding.model)
    wanted = [parse_paper_id(text) for text in paper_ids] or records.summarised_ids()
    failures = Site(data, records, arxiv_address(settings.demo)).publish(wanted)
    return len(wanted) - len(failures), failures


def log_out_everybody(settings: Settings) -> None:
    """End every session of the reader."""
    end_all_sessions(DataFolder(settings.data.path, settings.data.min_free_mb))
