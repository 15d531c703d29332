"""The server over standard input and output, for one person; what the data folder has needs no running system."""

from services.publisher.mcp.server import PaperServer, create_server
from services.publisher.mcp.sources import Sources, of_user
from services.publisher.mcp.systems import CommandSystem
from services.publisher.pages.templating import arxiv_address
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from services.publisher.settings import Settings
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder


def serve(settings: Settings, user: str, *, is_read_only: bool) -> None:
    """Answer until standard input ends."""
    open_server(settings, user, is_read_only=is_read_only).run("stdio")


def open_server(settings: Settings, user: str, *, is_read_only: bool) -> PaperServer:
    """The server of one person. Raises PapersysError where the settings lead to no data folder."""
    if not settings.data.path.is_dir():
        raise PapersysError(
            f"There is no data folder {settings.data.path}; name your settings file in PAPERSYS_CONFIG."
        )
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    records = Records(data, settings.embedding.model)
    ratings, system = Ratings(data, records.user), CommandSystem(settings.bus)
    sources = Sources.open(data, records, ratings, system, arxiv_address(settings.demo)).of_user(user)
    return create_server(of_user(sources), is_read_only=is_read_only or settings.publisher.mcp.read_only)
