"""The Zotero room put together, for the service and for commands."""

from services.publisher.access.policy import AccessPolicy
from services.publisher.outlets.zotero.sync import Mine, Publish, ZoteroSync
from services.publisher.outlets.zotero.sync_loop import ZoteroLoop
from services.publisher.pages.templating import arxiv_address
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from services.publisher.settings import Settings
from shared.store.files.data_folder import DataFolder
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import RatingStore


def open_sync(settings: Settings, name: str, data: DataFolder, records: Records, publish: Publish) -> ZoteroSync:
    """One library of the settings, with the papers of its user."""
    library = settings.zotero[name]
    mine = records.of(library.user)
    ratings = Ratings(data, mine.user)
    parts = Mine(mine, ratings, NoteStore(data), RatingStore(data), arxiv_address(settings.demo))
    return ZoteroSync(name, library, data, parts, publish)


def open_loop(
    settings: Settings, data: DataFolder, records: Records, access: AccessPolicy, publish: Publish
) -> ZoteroLoop | None:
    """None where the settings name no library."""
    libraries = {
        name: (library, open_sync(settings, name, data, records, publish)) for name, library in settings.zotero.items()
    }
    return ZoteroLoop(libraries, access) if libraries else None
