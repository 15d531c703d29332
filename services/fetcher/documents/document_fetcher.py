"""Papers as text: fetched once, converted once, stored with a report; LaTeX first, then arXiv's HTML, then the PDF."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from services.fetcher.arxiv.client import Arxiv, ArxivResponse, TooLarge
from services.fetcher.documents.cache import DocumentCache
from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import Converter, job_for, picture_job_for
from services.fetcher.documents.engines.html import is_latexml
from services.fetcher.documents.pictures.worker import MadePicture
from services.fetcher.documents.sources.download import suffix_of, version_in
from services.fetcher.documents.sources.eprint import is_pdf
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.settings import FetcherSettings
from shared.contracts import DocumentReply, now
from shared.errors import TemporaryFailure
from shared.licences import licence_name
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore

log = logging.getLogger(__name__)

_AT_ONCE = 2
_FINAL = ("withdrawn", "hostile")
_ASK_AGAIN = timedelta(days=1)
_GRADES = (None, "bad", "fair", "good")
_ENOUGH = ("fair", "good")
_ROUTES = ("html", "pdf")
_ARCHIVES = ("source.gz", "source.tar")
_LATER = "arXiv did not answer, it is asked again later"


class Stopwatch:
    """What is left of the time for one paper; it runs only while something is converted."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._started = 0.0

    def __enter__(self) -> None:
        self._started = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.seconds -= time.monotonic() - self._started


@dataclass(frozen=True)
class _Version:
    """Which version of a paper is read; `asked_version` is what the metadata took for its newest.

    One that `was_named` is asked for by its number, and says nothing about the newest.
    """

    paper_id: str
    version: int
    asked_version: int
    was_named: bool = False

    @classmethod
    def of(cls, stored: DocumentRecord) -> "_Version":
        return cls(stored.paper_id, stored.version, stored.asked_version or stored.version, stored.was_named)

    @property
    def name(self) -> str:
        """What arXiv is asked for."""
        return f"{self.paper_id}v{self.version}" if self.was_named else self.paper_id


class DocumentFetcher:
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

    async def get(self, paper_id: str, *, force: bool = False, version: int | None = None) -> DocumentReply:
        """A version of a paper, else its newest, as text, or the reason why there is none. Raises TemporaryFailure."""
        async with self._papers[paper_id]:
            if version is not None:
                return await self._named(_Version(paper_id, version, version, was_named=True), force)
            paper = (await self._catalogue.get([paper_id])).get(paper_id)
            version = paper.version if paper else 1
            stored = await asyncio.to_thread(self._store.record, paper_id)
            if stored is not None and stored.was_named and (paper is None or not paper.version_known):
                stored = None  # there may be a newer one: it was not asked for
            if stored is not None and not force and is_current(stored, version, now()):
                await asyncio.to_thread(self._cache.note_use, stored)
                return self._store.reply(stored)
            if stored is not None and not force and stored.untried and newest_answered(stored) >= version:
                return self._store.reply(await self._resumed(stored))
            return self._store.reply(await self._make(_Version(paper_id, version, version)))

    async def _named(self, paper: _Version, force: bool) -> DocumentReply:
        """The version that is named; what arXiv does not have in it is not stored, other versions may have a text."""
        stored = await asyncio.to_thread(self._store.record, paper.paper_id, paper.version)
        if stored is not None and stored.status == "converted" and not force:
            await asyncio.to_thread(self._cache.note_use, stored)
            return self._store.reply(stored)
        return self._store.reply(await self._make(paper))

    async def _make(self, paper: _Version) -> DocumentRecord:
        left = Stopwatch(self._settings.document_seconds)
        outcome, given = await self._from_source(paper, left)
        return await self._finished(replace(paper, version=given), outcome, _ROUTES, left)

    async def _resumed(self, stored: DocumentRecord) -> DocumentRecord:
        """What is stored, or better from the routes that arXiv did not answer for when it was made."""
        left = Stopwatch(self._settings.document_seconds)
        try:
            outcome = await asyncio.to_thread(self._outcome_of, stored)
        except FileNotFoundError:
            newest = newest_answered(stored)
            return await self._make(_Version(stored.paper_id, newest, newest, stored.was_named))
        try:
            return await self._finished(_Version.of(stored), outcome, stored.untried, left, stored.made_at)
        except TemporaryFailure:
            if stored.status != "converted" or now() - stored.made_at < _ASK_AGAIN:
                raise
            return stored

    async def _finished(
        self,
        paper: _Version,
        outcome: Converted,
        routes: tuple[str, ...],
        left: Stopwatch,
        begun_at: datetime | None = None,
    ) -> DocumentRecord:
        """The routes in their order, each asked only as long as those before are not good enough; the best is stored.

        One that arXiv does not answer for now is noted, to be asked again. Raises TemporaryFailure where the rest is
        not enough to read.
        """
        asked = {"html": self._from_page, "pdf": self._from_pdf}
        failures: dict[str, TemporaryFailure] = {}
        for route in routes:
            if not is_wanted(route, outcome):
                continue
            try:
                outcome = better(outcome, await asked[route](paper, left))
            except TemporaryFailure as failure:
                failures[route] = failure
        untried = tuple(route for route in failures if is_wanted(route, outcome))
        is_unfinished = bool(untried) and outcome.grade not in _ENOUGH
        made_at = begun_at if begun_at is not None and is_unfinished else now()
        record = _record(paper, with_failures(outcome, failures), untried, made_at)
        if paper.was_named and record.status != "converted":
            if is_unfinished:
                raise failures[untried[0]]
            return record
        made = await self._pictures(paper, outcome)
        record = record.model_copy(update={"pictures": tuple(picture.picture for picture in made)})
        pictures = {picture.file: picture.content for picture in made}
        await asyncio.to_thread(self._store.put, record, outcome.markdown, list(outcome.sections), pictures)
        log.info("Document of %s: %s.", paper.paper_id, record.status, extra=_facts_of(record))
        await asyncio.to_thread(self._cache.trim, paper.paper_id)
        if not paper.was_named:
            await self._catalogue.correct_version(paper.paper_id, paper.version)
        if is_unfinished:
            raise failures[untried[0]]
        return record

    async def _pictures(self, paper: _Version, outcome: Converted) -> list[MadePicture]:
        """The pictures of the paper's figures, where its licence lets them be kept and shown."""
        if outcome.route != "latex" or not any(caption.files for caption in outcome.captions):
            return []
        metadata = (await self._catalogue.get([paper.paper_id])).get(paper.paper_id)
        folder = self._store.folder(paper.paper_id, paper.version)
        path = next((folder / name for name in _ARCHIVES if (folder / name).exists()), None)
        if path is None or metadata is None or licence_name(metadata.license) is None:
            return []
        job = picture_job_for(path, self._settings, outcome.captions)
        async with self._places:
            return await asyncio.to_thread(self._converter.pictures, job)

    def _outcome_of(self, stored: DocumentRecord) -> Converted:
        facts = {name: value for name, value in stored.model_dump().items() if name in Converted.model_fields}
        markdown = self._store.markdown(stored.paper_id, stored.version)
        sections = self._store.sections(stored.paper_id, stored.version)
        return Converted.model_validate({**facts, "markdown": markdown, "sections": sections})

    async def _from_source(self, paper: _Version, left: Stopwatch) -> tuple[Converted, int]:
        version = paper.version
        try:
            answer = await self._arxiv.eprint(paper.name)
        except TooLarge as error:
            return Converted(status="too_large", detail=f"the source is {error}", tried=(f"source: {error}",)), version
        if answer.is_absent:
            why = f"arXiv has no source of {paper.name}"
            return Converted(status="missing", detail=why, tried=(f"source: {why}",)), version
        if not paper.was_named:
            version = version_in(answer.headers) or version
        return await self._converted(paper.paper_id, version, "source", answer, left), version

    async def _from_page(self, paper: _Version, left: Stopwatch) -> Converted:
        name = f"{paper.paper_id}v{paper.version}"
        try:
            answer = await self._arxiv.html(name)
        except TooLarge as error:
            return Converted(status="too_large", tried=(f"html: the page is {error}",))
        if answer.is_absent or not is_latexml(answer.body):
            return Converted(status="missing", tried=(f"html: arXiv has no HTML of {name}",))
        return await self._converted(paper.paper_id, paper.version, "page", answer, left)

    async def _from_pdf(self, paper: _Version, left: Stopwatch) -> Converted:
        try:
            answer = await self._arxiv.pdf(paper.name)
        except TooLarge as error:
            return Converted(status="too_large", detail=f"the PDF is {error}", tried=(f"pdf: {error}",))
        if answer.is_absent or not is_pdf(answer.body):
            return Converted(status="missing", tried=(f"pdf: arXiv has no PDF of {paper.name}",))
        return await self._converted(paper.paper_id, paper.version, "paper", answer, left)

    async def _converted(
        self, paper_id: str, version: int, stem: str, answer: ArxivResponse, left: Stopwatch
    ) -> Converted:
        path = self._store.folder(paper_id, version) / f"{stem}{suffix_of(answer.body)}"
        await asyncio.to_thread(self._data.write_bytes, path, answer.body)
        if left.seconds < 1:
            return Converted(status="unreadable", tried=(f"{stem}: no time left to convert it",))
        async with self._places:
            job = job_for(path, self._settings, left.seconds)
            with left:
                return await asyncio.to_thread(self._converter.convert, job)


def is_current(record: DocumentRecord, version: int, at: datetime) -> bool:
    """Whether a stored outcome still answers: of this version, and a text, or a failure that is not old yet.

    Where arXiv gave an earlier version for this one, it has no other. With a route untried it answers for a day where
    it can be read, and else not at all.
    """
    if newest_answered(record) < version:
        return False
    if record.status in _FINAL:
        return True
    if record.untried and record.grade not in _ENOUGH:
        return False
    return (record.status == "converted" and not record.untried) or at - record.made_at < _ASK_AGAIN


def is_wanted(route: str, outcome: Converted) -> bool:
    """Whether a route may give a better text than there is."""
    if outcome.status in _FINAL:
        return False
    if route == "html":
        return outcome.grade != "good" and outcome.submission != "pdf"
    return outcome.grade not in _ENOUGH


def with_failures(outcome: Converted, failures: Mapping[str, TemporaryFailure]) -> Converted:
    """The outcome with the story of the routes that arXiv did not answer for, told once."""
    before = tuple(line for line in outcome.tried if _LATER not in line)
    told = tuple(f"{route}: {_LATER} ({failure})" for route, failure in failures.items())
    return outcome.model_copy(update={"tried": (*before, *told)})


def better(first: Converted, second: Converted) -> Converted:
    """The outcome with the better text, with the story of both; a first failure's status stands where both fail."""
    best = second if _GRADES.index(second.grade) > _GRADES.index(first.grade) else first
    return best.model_copy(update={"tried": (*first.tried, *second.tried)})


def newest_answered(record: DocumentRecord) -> int:
    """The newest version that a record answers for."""
    return max(record.version, record.asked_version or 0)


def _record(paper: _Version, outcome: Converted, untried: tuple[str, ...], made_at: datetime) -> DocumentRecord:
    facts = outcome.model_dump(exclude={"markdown", "sections"})
    return DocumentRecord.model_validate({**asdict(paper), "made_at": made_at, "untried": untried, **facts})


def _facts_of(record: DocumentRecord) -> dict[str, object]:
    facts = {"action": "document", "paper_id": record.paper_id, "version": record.version}
    return {**facts, "route": record.route, "grade": record.grade}
