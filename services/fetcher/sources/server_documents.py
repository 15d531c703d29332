"""The full text of papers of other servers: their PDFs, where the server lets automatic readers have them.

PDFs are asked for one by one, of papers that are to be read, and within the site's robots.txt; where the site refuses,
the paper is read by its abstract. Whole collections come by other ways: https://www.biorxiv.org/tdm
"""

import asyncio
import logging
from collections import defaultdict

from services.fetcher.arxiv.gate import ArxivStopped
from services.fetcher.arxiv.polite_client import TooLarge
from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import Converter, job_for
from services.fetcher.documents.document_fetcher import is_current
from services.fetcher.documents.sources.eprint import is_pdf
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources.registry import Server, Servers
from shared.contracts import DocumentReply, now
from shared.paper_labels import pdf_address
from shared.preprints import preprint_doi, server_name
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.papers.metadata import Paper

log = logging.getLogger(__name__)


class ServerDocuments:
    """Answers requests for papers of other servers as text."""

    def __init__(
        self, servers: Servers, catalogue: Catalogue, data: DataFolder, settings: FetcherSettings, converter: Converter
    ) -> None:
        self._servers, self._catalogue, self._data = servers, catalogue, data
        self._store = DocumentStore(data)
        self._settings, self._converter = settings, converter
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, paper_id: str, *, force: bool = False, version: int | None = None) -> DocumentReply:
        """The text of a version, else of the newest, or the reason why there is none. Raises TemporaryFailure."""
        async with self._turns[paper_id]:
            paper = (await self._catalogue.get([paper_id])).get(paper_id)
            wanted = version or (paper.version if paper else 1)
            stored = await asyncio.to_thread(self._store.record, paper_id, wanted)
            if stored is not None and not force and is_current(stored, wanted, now()):
                return self._store.reply(stored)
            outcome = await self._outcome(paper, paper_id, wanted)
            record = _record(paper_id, wanted, outcome)
            if outcome.status != "missing":
                await asyncio.to_thread(self._store.put, record, outcome.markdown, list(outcome.sections))
            facts = {"action": "document", "paper_id": paper_id, "route": record.route, "grade": record.grade}
            log.info("Document of %s: %s.", paper_id, record.status, extra=facts)
            return self._store.reply(record)

    async def _outcome(self, paper: Paper | None, paper_id: str, version: int) -> Converted:
        server = self._servers.by_name.get(server_name(paper_id))
        if paper is None or server is None:
            return _missing("the paper was not harvested" if server else "its server is not in the settings any more")
        if paper.withdrawn:
            return Converted(status="withdrawn", detail="its authors withdrew it")
        if not server.settings.full_text:
            return _missing(f"fetcher.sources.{server.name}.full_text is off; the abstract is read alone")
        url = pdf_url(server, paper, version)
        if not url:
            return _missing(f"{server.source.label} names no PDF of it")
        return await self._from_pdf(server, paper_id, version, url)

    async def _from_pdf(self, server: Server, paper_id: str, version: int, url: str) -> Converted:
        label = server.source.label
        try:
            if not await server.robots.allow(url):
                return _missing(f"{label}'s robots.txt keeps automatic readers from its PDFs")
            answer = await server.site.file(url, self._settings.document_max_mb * 1024**2)
        except ArxivStopped:
            return _missing(f"{label}'s site refuses automatic readers (403)")
        except TooLarge as error:
            return Converted(status="too_large", detail=f"the PDF is {error}", tried=(f"pdf: {error}",))
        if answer.is_absent or not is_pdf(answer.body):
            return _missing(f"{label} gave no PDF of version {version}")
        path = self._store.folder(paper_id, version) / "paper.pdf"
        await asyncio.to_thread(self._data.write_bytes, path, answer.body)
        return await asyncio.to_thread(self._converter.convert, job_for(path, self._settings))


def pdf_url(server: Server, paper: Paper, version: int) -> str:
    """Where the PDF is fetched; empty where none is known. Of bioRxiv and medRxiv at the site of the settings."""
    doi = preprint_doi(paper.paper_id)
    if doi:
        return f"{server.settings.pages}/content/{doi}v{version}.full.pdf"
    return pdf_address(paper.paper_id, version=version, source=paper.source)


def _missing(detail: str) -> Converted:
    return Converted(status="missing", detail=detail)


def _record(paper_id: str, version: int, outcome: Converted) -> DocumentRecord:
    facts = outcome.model_dump(exclude={"markdown", "sections"})
    return DocumentRecord.model_validate(
        {"paper_id": paper_id, "version": version, "asked_version": version, "made_at": now(), **facts}
    )
