"""Any repository by OAI-PMH in Dublin Core: what changed since a day, set by set.

Protocol: http://www.openarchives.org/OAI/openarchivesprotocol.html. Requests name days, which every repository takes.
"""

from collections.abc import Mapping
from datetime import date

from services.fetcher.arxiv.addresses import url_with
from services.fetcher.arxiv.oai import words
from services.fetcher.arxiv.oai_xml import Parts, take_apart
from services.fetcher.arxiv.polite_client import PoliteClient, ServerResponse, there
from services.fetcher.sources.protocols.dublin_core import (
    PREFIX,
    DcRecord,
    Repository,
    UnreadableDc,
    read_record,
    release_of,
)
from services.fetcher.sources.protocols.known_records import KnownRecords
from services.fetcher.sources.protocols.settings import SourceSettings
from services.fetcher.sources.protocols.source_page import ListRefused, PositionExpired, Release, SourcePage
from shared.preprints import oai_identifier
from shared.store.papers.metadata import Paper

_SHOWN = 200


class OaiSource:
    """A repository, as the settings name it."""

    def __init__(self, name: str, settings: SourceSettings, client: PoliteClient, known: KnownRecords) -> None:
        self.name = self.label = name
        self.lists = settings.sets or ("",)
        self._repository = Repository(name, settings.address, settings.sets)
        self._client, self._known = client, known

    async def page(self, list_name: str, since: date, until: date, position: str | None) -> SourcePage:
        """No last day is asked for: what changes meanwhile comes too. `position` is the resumption token."""
        asked = {"verb": "ListRecords", "resumptionToken": position} if position else self._first(list_name, since)
        parts = await self._parts(asked)
        if parts.error is not None:
            code, message = parts.error
            if code == "noRecordsMatch":
                return SourcePage()
            if position:
                raise PositionExpired(code)
            raise ListRefused(f"{code[:_SHOWN]}: {words(message)[:_SHOWN]}")
        return self._page(parts)

    async def paper(self, paper_id: str) -> Paper | None:
        identifier = oai_identifier(paper_id)
        parts = await self._parts({"verb": "GetRecord", "metadataPrefix": PREFIX, "identifier": identifier})
        page = self._page(parts)
        return next((release.paper for release in page.releases if release.paper.paper_id == paper_id), None)

    def _first(self, list_name: str, since: date) -> dict[str, str]:
        asked = {"verb": "ListRecords", "metadataPrefix": PREFIX, "from": since.isoformat()}
        return {**asked, "set": list_name} if list_name else asked

    async def _parts(self, arguments: Mapping[str, str]) -> Parts[DcRecord | UnreadableDc]:
        return await self._client.page(url_with(self._repository.address, arguments), _read)

    def _page(self, parts: Parts[DcRecord | UnreadableDc]) -> SourcePage:
        releases: list[Release] = []
        unreadable = [str(record) for record in parts.records if isinstance(record, UnreadableDc)]
        unreadable += ["a record whose XML is broken"] * len(parts.broken)
        records = [record for record in parts.records if isinstance(record, DcRecord)]
        for record in records:
            try:
                if not record.deleted:
                    releases.append(release_of(record, self._repository, self._known.paper_id))
            except ValueError as error:
                unreadable.append(f"{record.identifier[:_SHOWN]} ({str(error)[:_SHOWN]})")
        gone = (self._known.paper_id(record.identifier) for record in records if record.deleted)
        return SourcePage(
            tuple(sorted(releases, key=lambda release: release.paper.version)),
            parts.token,
            max((record.changed_on for record in records), default=None),
            tuple(filter(None, gone)),
            tuple(unreadable),
        )


def _read(answer: ServerResponse) -> Parts[DcRecord | UnreadableDc]:
    return take_apart(there(answer).body, read_record)
