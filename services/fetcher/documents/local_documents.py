"""A person's own PDF or TeX as text: converted in the same confined process as papers, from the file that is kept."""

import asyncio
import logging
from collections import defaultdict

from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import Converter, job_for
from services.fetcher.settings import FetcherSettings
from shared.contracts import DocumentReply, now
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.research.reading_list import ReadingListStore

log = logging.getLogger(__name__)

VERSION = 1
"""An own file never changes: another content is another paper."""


class LocalDocuments:
    """Answers requests for people's own files as text."""

    def __init__(self, data: DataFolder, settings: FetcherSettings, converter: Converter) -> None:
        self._store = DocumentStore(data)
        self._lists = ReadingListStore(data)
        self._settings = settings
        self._converter = converter
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, paper_id: str, *, force: bool = False) -> DocumentReply:
        """The text, or the reason why there is none. Raises TemporaryFailure."""
        async with self._turns[paper_id]:
            stored = await asyncio.to_thread(self._store.record, paper_id, VERSION)
            if stored is not None and stored.status == "converted" and not force:
                return self._store.reply(stored)
            outcome = await asyncio.to_thread(self._converted, paper_id)
            record = _record(paper_id, outcome)
            if outcome.status == "converted":
                await asyncio.to_thread(self._store.put, record, outcome.markdown, list(outcome.sections))
            facts = {"action": "document", "paper_id": paper_id, "route": record.route, "grade": record.grade}
            log.info("Document of %s: %s.", paper_id, record.status, extra=facts)
            return self._store.reply(record)

    def _converted(self, paper_id: str) -> Converted:
        path = self._lists.file_of(paper_id)
        if path is None:
            return Converted(status="missing", detail="the file is not in reading_list/files any more; add it again")
        return self._converter.convert(job_for(path, self._settings))


def _record(paper_id: str, outcome: Converted) -> DocumentRecord:
    facts = outcome.model_dump(exclude={"markdown", "sections"})
    return DocumentRecord.model_validate(
        {"paper_id": paper_id, "version": VERSION, "asked_version": VERSION, "made_at": now(), **facts}
    )
