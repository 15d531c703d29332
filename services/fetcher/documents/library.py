"""Papers as text: fetched once, converted once, and stored with a report; LaTeX first, the PDF where that fails."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from services.fetcher.arxiv import Answer, Arxiv, TooLarge
from services.fetcher.catalogue import Catalogue
from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import Converter, order_for
from services.fetcher.documents.eprint import is_html, is_pdf, is_tar
from services.fetcher.settings import FetcherSettings
from shared.contracts import DocumentReply, now
from shared.store.documents import DocumentRecord, DocumentStore
from shared.store.files import DataFolder

_AT_ONCE = 2
_FINAL = ("withdrawn", "hostile")
_ASK_AGAIN = timedelta(days=1)
_GRADES = (None, "bad", "fair", "good")


class Documents:
    """Answers requests for papers as text."""

    def __init__(
        self,
        arxiv: Arxiv,
        catalogue: Catalogue,
        data: DataFolder,
        settings: FetcherSettings,
        converter: Converter,
    ) -> None:
        self._arxiv = arxiv
        self._catalogue = catalogue
        self._data = data
        self._store = DocumentStore(data)
        self._settings = settings
        self._converter = converter
        self._papers: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def get(self, paper_id: str, *, force: bool = False) -> DocumentReply:
        """The paper's newest version as text, or the reason why there is none. Raises TemporaryFailure."""
        async with self._papers[paper_id]:
            known = (await self._catalogue.get([paper_id])).get(paper_id)
            version = known.version if known else 1
            stored = await asyncio.to_thread(self._store.record, paper_id)
            if stored is not None and not force and is_current(stored, version, now()):
                return self._store.reply(stored)
            return self._store.reply(await self._make(paper_id, version))

    async def _make(self, paper_id: str, version: int) -> DocumentRecord:
        outcome, version = await self._from_source(paper_id, version)
        if outcome.status not in _FINAL and outcome.grade not in ("good", "fair"):
            outcome = better(outcome, await self._from_pdf(paper_id, version))
        record = _record(paper_id, version, outcome)
        await asyncio.to_thread(self._store.put, record, outcome.markdown, list(outcome.sections))
        await self._catalogue.correct_version(paper_id, version)
        return record

    async def _from_source(self, paper_id: str, version: int) -> tuple[Converted, int]:
        try:
            answer = await self._arxiv.eprint(paper_id)
        except TooLarge as error:
            return Converted(status="too_large", detail=f"the source is {error}", tried=(f"source: {error}",)), version
        if answer.is_absent:
            why = f"arXiv has no source of {paper_id}"
            return Converted(status="missing", detail=why, tried=(f"source: {why}",)), version
        version = version_in(answer.headers) or version
        return await self._converted(paper_id, version, "source", answer), version

    async def _from_pdf(self, paper_id: str, version: int) -> Converted:
        try:
            answer = await self._arxiv.pdf(paper_id)
        except TooLarge as error:
            return Converted(status="too_large", detail=f"the PDF is {error}", tried=(f"pdf: {error}",))
        if answer.is_absent or not is_pdf(answer.body):
            return Converted(status="missing", tried=(f"pdf: arXiv has no PDF of {paper_id}",))
        return await self._converted(paper_id, version, "paper", answer)

    async def _converted(self, paper_id: str, version: int, stem: str, answer: Answer) -> Converted:
        path = self._store.folder(paper_id, version) / f"{stem}{suffix_of(answer.body)}"
        await asyncio.to_thread(self._data.write_bytes, path, answer.body)
        async with self._places:
            return await asyncio.to_thread(self._converter.convert, order_for(path, self._settings))


def is_current(record: DocumentRecord, version: int, at: datetime) -> bool:
    """Whether a stored outcome still answers: of this version, and a text, or a failure that is not old yet."""
    if record.version < version:
        return False
    return record.status in ("converted", *_FINAL) or at - record.made_at < _ASK_AGAIN


def better(first: Converted, second: Converted) -> Converted:
    """The outcome with the better text, with the story of both; a first failure's status stands where both fail."""
    best = second if _GRADES.index(second.grade) > _GRADES.index(first.grade) else first
    return best.model_copy(update={"tried": (*first.tried, *second.tried)})


def version_in(headers: Mapping[str, str]) -> int | None:
    """The version in the file name that arXiv gives (`arXiv-2403.12345v2.tar.gz`): metadata does not tell it."""
    lowered = {name.lower(): value for name, value in headers.items()}
    match = re.search(r"\dv([1-9]\d{0,2})(?=[.\"'\s;]|$)", lowered.get("content-disposition", ""))
    return int(match[1]) if match else None


def suffix_of(body: bytes) -> str:
    """The ending that fits the bytes."""
    if body[:2] == b"\x1f\x8b":
        return ".gz"
    if is_pdf(body):
        return ".pdf"
    if is_html(body):
        return ".html"
    return ".tar" if is_tar(body) else ".tex"


def _record(paper_id: str, version: int, outcome: Converted) -> DocumentRecord:
    facts = outcome.model_dump(exclude={"markdown", "sections"})
    return DocumentRecord.model_validate({"paper_id": paper_id, "version": version, "made_at": now(), **facts})
