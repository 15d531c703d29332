"""bioRxiv or medRxiv by their API: all that was posted or revised in a span of days, subject by subject."""

import urllib.parse
from datetime import date
from functools import partial

from services.fetcher.arxiv.polite_client import PoliteClient, ServerResponse, there
from services.fetcher.sources.protocols.openrxiv import parse_page, parse_versions
from services.fetcher.sources.protocols.settings import SourceSettings
from services.fetcher.sources.protocols.source_page import SourcePage
from shared.preprints import LABELS, preprint_doi
from shared.store.papers.metadata import Paper


class OpenRxivSource:
    """https://api.biorxiv.org/"""

    def __init__(self, name: str, settings: SourceSettings, client: PoliteClient) -> None:
        self.name, self.label = name, LABELS[name]
        self.lists = settings.categories or ("",)
        self._api, self._client = settings.api, client

    async def page(self, list_name: str, since: date, until: date, position: str | None) -> SourcePage:
        """Positions are counts of records, so none expires. Raises TemporaryFailure."""
        offset = int(position or 0)
        url = f"{self._api}/details/{self.name}/{since}/{until}/{offset}/json"
        if list_name:
            url += f"?{urllib.parse.urlencode({'category': list_name.replace(' ', '_')})}"
        read = partial(_page, server=self.name, offset=offset)
        return await self._client.page(url, read)

    async def paper(self, paper_id: str) -> Paper | None:
        url = f"{self._api}/details/{self.name}/{preprint_doi(paper_id)}/na/json"
        return await self._client.page(url, partial(_newest, server=self.name))


def _page(answer: ServerResponse, server: str, offset: int) -> SourcePage:
    return parse_page(there(answer).body, server, offset)


def _newest(answer: ServerResponse, server: str) -> Paper | None:
    return parse_versions(answer.body, server) if not answer.is_absent else None
