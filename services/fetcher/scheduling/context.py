"""What everything that runs by schedule works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.fetcher.arxiv.client import Arxiv
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.settings import FetcherSettings
from shared.contracts import now as utc_now
from shared.store.files.data_folder import DataFolder


@dataclass(frozen=True)
class FetcherContext:
    """arXiv, the store, the settings and the clock."""

    arxiv: Arxiv
    catalogue: Catalogue
    data: DataFolder
    settings: FetcherSettings
    clock: Callable[[], datetime] = utc_now
