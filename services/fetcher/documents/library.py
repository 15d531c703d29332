"""Papers as text: fetched once, converted once, stored with a report; LaTeX first, then arXiv's HTML, then the PDF."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from services.fetcher.arxiv import Answer, Arxiv, TooLarge
from services.fetcher.catalogue import Catalogue
from services.fetcher.documents.cache import DocumentCache
from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import Converter, order_for
from services.fetcher.documents.eprint import is_html, is_pdf, is_tar
from services.fetcher.documents.pages import is_latexml
from services.fetcher.settings import FetcherSettings
from shared.contracts import DocumentReply, now
from shared.store.documents import DocumentRecord, DocumentStore
from shared.store.files import DataFolder

_AT_ONCE = 2
_FINAL = ("withdrawn", "hostile")
_ASK_AGAIN = timedelta(days=1)
_GRADES = (None, "bad", "fair", "good")


class Stopwatch:
    """What is left of the time for one paper; it runs only while something is converted."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._started = 0.0

    def __enter__(self) -> None:
        self._started = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.seconds -= time.monotonic() - self._started


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
        self._cache = DocumentCache(data, settings.documents_max_mb * 1024**2)
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
                await asyncio.to_thread(self._cache.note_use, stored)
                return self._store.reply(stored)
            return self._store.reply(await self._make(paper_id, version))

    async def _make(self, paper_id: str, version: int) -> DocumentRecord:
        """The routes in their order, each asked only as long as the ones before it are not good enough."""
        left = Stopwatch(self._settings.document_seconds)
        asked_version = version
        outcome, version = await self._from_source(paper_id, version, left)
        if outcome.status not in _FINAL and outcome.grade != "good" and outcome.submission != "pdf":
            outcome = better(outcome, await self._from_page(paper_id, version, left))
        if outcome.status not in _FINAL and outcome.grade not in ("good", "fair"):
            outcome = better(outcome, await self._from_pdf(paper_id, version, left))
        record = _record(paper_id, version, asked_version, outcome)
        await asyncio.to_thread(self._store.put, record, outcome.markdown, list(outcome.sections))
        await asyncio.to_thread(self._cache.trim, paper_id)
        await self._catalogue.correct_version(paper_id, version)
        return record

    async def _from_source(self, paper_id: str, version: int, left: Stopwatch) -> tuple[Converted, int]:
        try:
            answer = await self._arxiv.eprint(paper_id)
        except TooLarge as error:
            return Converted(status="too_large", detail=f"the source is {error}", tried=(f"source: {error}",)), version
        if answer.is_absent:
            why = f"arXiv has no source of {paper_id}"
            return Converted(status="missing", detail=why, tried=(f"source: {why}",)), version
        version = version_in(answer.headers) or version
        return await self._converted(paper_id, version, "source", answer, left), version

    async def _from_page(self, paper_id: str, version: int, left: Stopwatch) -> Converted:
        name = f"{paper_id}v{version}"
        try:
            answer = await self._arxiv.html(name)
        except TooLarge as error:
            return Converted(status="too_large", tried=(f"html: the page is {error}",))
        if answer.is_absent or not is_latexml(answer.body):
            return Converted(status="missing", tried=(f"html: arXiv has no HTML of {name}",))
        return await self._converted(paper_id, version, "page", answer, left)

    async def _from_pdf(self, paper_id: str, version: int, left: Stopwatch) -> Converted:
        try:
            answer = await self._arxiv.pdf(paper_id)
        except TooLarge as error:
            return Converted(status="too_large", detail=f"the PDF is {error}", tried=(f"pdf: {error}",))
        if answer.is_absent or not is_pdf(answer.body):
            return Converted(status="missing", tried=(f"pdf: arXiv has no PDF of {paper_id}",))
        return await self._converted(paper_id, version, "paper", answer, left)

    async def _converted(self, paper_id: str, version: int, stem: str, answer: Answer, left: Stopwatch) -> Converted:
        path = self._store.folder(paper_id, version) / f"{stem}{suffix_of(answer.body)}"
        await asyncio.to_thread(self._data.write_bytes, path, answer.body)
        if left.seconds < 1:
            return Converted(status="unreadable", tried=(f"{stem}: no time was left to convert it",))
        async with self._places:
            order = order_for(path, self._settings, left.seconds)
            with left:
                return await asyncio.to_thread(self._converter.convert, order)


def is_current(record: DocumentRecord, version: int, at: datetime) -> bool:
    """Whether a stored outcome still answers: of this version, and a text, or a failure that is not old yet.

    Where arXiv gave an earlier version for this one, it has no other.
    """
    if max(record.version, record.asked_version or 0) < version:
        return False
    return record.status in ("converted", *_FINAL) or at - record.made_at < _ASK_AGAIN


def better(first: Converted, second: Converted) -> Converted:
    """The outcome with the better text, with the story of both; a first failure's status stands where both fail."""
    best = second if _GRADES.index(second.grade) > _GRADES.index(first.grade) else first
    return best.model_copy(update={"tried": (*first.tried, *second.tried)})


def version_in(headers: Mapping[str, str]) -> int | None:
    """The version in the file name that arXiv gives (`arXiv-2403.12345v2.tar.gz`): metadata does not tell it."""
    lowered = {name.lower(): value for name, value in headers.items()}
    match = re.search(r"[0-9]v([1-9][0-9]{0,2})(?=[.\"'\s;]|$)", lowered.get("content-disposition", ""))
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


def _record(paper_id: str, version: int, asked_version: int, outcome: Converted) -> DocumentRecord:
    facts = outcome.model_dump(exclude={"markdown", "sections"})
    known = {"paper_id": paper_id, "version": version, "asked_version": asked_version, "made_at": now()}
    return DocumentRecord.model_validate({**known, **facts})
