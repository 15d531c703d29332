"""The servers that the settings name, each with its client, gate, harvest and documents; nothing is asked yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import httpx

from services.fetcher.arxiv.gate import Gate, Pacing
from services.fetcher.arxiv.polite_client import Manners, PoliteClient
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources.protocols.known_records import KnownRecords
from services.fetcher.sources.protocols.oai_source import OaiSource
from services.fetcher.sources.protocols.openrxiv_source import OpenRxivSource
from services.fetcher.sources.protocols.settings import SourceSettings
from services.fetcher.sources.protocols.source_page import Source
from services.fetcher.sources.robots import Robots
from services.fetcher.sources.source_harvest import SourceHarvest
from services.fetcher.sources.source_outbox import SourceOutbox
from shared.contracts import LookupReply, now
from shared.errors import PapersysError, PermanentFailure
from shared.preprints import LABELS, server_name
from shared.store.files.data_folder import DataFolder


@dataclass(frozen=True)
class Server:
    """One server. `site` is where its PDFs come from, behind a gate of its own."""

    name: str
    settings: SourceSettings
    source: Source
    client: PoliteClient
    site: PoliteClient
    robots: Robots
    outbox: SourceOutbox
    harvest: SourceHarvest

    def problem(self) -> str | None:
        """Why it is not asked now, in a sentence; None where it is."""
        return self.client.gate.problem() or self.site.gate.stop_problem()


@dataclass(frozen=True)
class Servers:
    """All of them, by name."""

    by_name: Mapping[str, Server] = field(default_factory=dict)
    catalogue: Catalogue | None = None

    def __iter__(self) -> Iterator[Server]:
        return iter(self.by_name.values())

    def get(self, name: str) -> Server:
        """Raises PapersysError that names those there are."""
        if name not in self.by_name:
            there = f"there are: {', '.join(self.by_name)}" if self.by_name else "there are none"
            raise PapersysError(f"The settings have no table [fetcher.sources.{name}]; {there}.")
        return self.by_name[name]

    async def look_up(self, paper_ids: Sequence[str]) -> LookupReply:
        """Get and store the metadata of papers that are not stored yet. Raises TemporaryFailure."""
        found: list[str] = []
        missing: dict[str, str] = {}
        stored = await self.catalogue.get(paper_ids) if self.catalogue is not None else {}
        for paper_id in dict.fromkeys(paper_ids):
            problem = "" if paper_id in stored else await self._fetch(paper_id)
            if problem:
                missing[paper_id] = problem
            else:
                found.append(paper_id)
        return LookupReply(found=tuple(found), missing=missing)

    async def close(self) -> None:
        for server in self:
            await server.client.close()
            await server.site.close()

    async def _fetch(self, paper_id: str) -> str:
        """Store a paper; the reason where that cannot be."""
        server = self.by_name.get(server_name(paper_id))
        if server is None or self.catalogue is None:
            name = server_name(paper_id)
            return f"{LABELS.get(name, name)} is not among [fetcher.sources] of the settings"
        try:
            paper = await server.source.paper(paper_id)
        except (ValueError, PermanentFailure) as error:
            return f"{server.source.label}'s record of {paper_id} cannot be read: {error}"
        if paper is None:
            return f"{server.source.label} has no paper {paper_id}"
        await self.catalogue.put([replace(paper, harvested_at=now())])
        return ""


def open_servers(
    data: DataFolder, settings: FetcherSettings, catalogue: Catalogue, transport: httpx.AsyncBaseTransport | None = None
) -> Servers:
    """What the settings name; one that is named wrongly was refused when they were read."""
    servers = {
        name: _server(name, source, data, settings, catalogue, transport) for name, source in settings.sources.items()
    }
    return Servers(servers, catalogue)


def _server(
    name: str,
    source_settings: SourceSettings,
    data: DataFolder,
    settings: FetcherSettings,
    catalogue: Catalogue,
    transport: httpx.AsyncBaseTransport | None,
) -> Server:
    label = LABELS.get(source_settings.kind, name)
    client = _client(label, ("sources", name), source_settings, data, settings, transport)
    site = _client(f"{label}'s site", ("sources", name, "site"), source_settings, data, settings, transport)
    known = KnownRecords(data, name) if source_settings.kind == "oai" else None
    source: Source
    if known is not None:
        source = OaiSource(name, source_settings, client, known)
    else:
        source = OpenRxivSource(name, source_settings, client)
    outbox = SourceOutbox(data, name)
    harvest = SourceHarvest(source, catalogue, data, outbox, source_settings.start, known)
    return Server(name, source_settings, source, client, site, Robots(site), outbox, harvest)


def _client(
    label: str,
    folder: tuple[str, ...],
    source: SourceSettings,
    data: DataFolder,
    settings: FetcherSettings,
    transport: httpx.AsyncBaseTransport | None,
) -> PoliteClient:
    """Both gates of a server keep its pace; what arXiv asks for or refuses concerns neither."""
    pacing = Pacing(source.pace_seconds, settings.patience_seconds, settings.failure_waits_seconds)
    manners = Manners(
        label,
        source.contact or settings.contact,
        settings.timeout_seconds,
        settings.request_seconds,
        source.pace_seconds,
    )
    return PoliteClient(manners, Gate(data, pacing, server=label, folder=folder), transport)
