"""What a paper cites: the arXiv ids in its bibliography. Those never harvested are looked up once."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import AwareDatetime

from services.summarizer.text.passages import one_line, plain_text
from shared.bus.questions.requests import ReplyT
from shared.contracts import Lookup, Request, now
from shared.errors import RequestFailed
from shared.paper_ids import parse_paper_id
from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import Record, dump_line, read_lines
from shared.store.papers.documents import Reference
from shared.store.papers.metadata import MetadataStore, Paper

log = logging.getLogger(__name__)

_LONGEST_REFERENCE = 300
_LOOKED_UP_AT_ONCE = 10


class Asks(Protocol):
    """The bus, as far as it is needed here."""

    async def ask(self, request: Request[ReplyT]) -> ReplyT: ...


class UnknownPaper(Record):
    """An id that a bibliography names and arXiv does not have."""

    why: str = ""
    asked_at: AwareDatetime


class UnknownPapers:
    """The negative answers: `links/unknown_papers.jsonl`; an id that stands there is never asked for again."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("links", "unknown_papers.jsonl")

    def ids(self) -> set[str]:
        return {record.paper_id for record in read_lines(self._path, UnknownPaper)}

    def add(self, reasons: Mapping[str, str]) -> None:
        """Remember why arXiv has none of these papers."""
        with self._data.lock("links"):
            known = self.ids()
            records = [
                UnknownPaper(paper_id=paper_id, why=one_line(why)[:_LONGEST_REFERENCE], asked_at=now())
                for paper_id, why in sorted(reasons.items())
                if paper_id not in known
            ]
            if records:
                self._data.append_lines(self._path, "".join(map(dump_line, records)))


@dataclass(frozen=True)
class Citation:
    """A cited paper with the words of its bibliography entry; `paper` None: its metadata could not be had (yet)."""

    paper_id: str
    reference: str
    paper: Paper | None


class CitationFinder:
    """Finds what a paper cites, through the metadata and, for what is not there, the fetcher."""

    def __init__(self, bus: Asks, metadata: MetadataStore, unknown: UnknownPapers) -> None:
        self._bus = bus
        self._metadata = metadata
        self._unknown = unknown

    async def citations(
        self, paper_id: str, references: Sequence[Reference], *, look_up: bool = True
    ) -> list[Citation]:
        """Every arXiv paper in a bibliography that arXiv is not known to lack.

        With `look_up` the first few that were never harvested are asked for now; CitedLookups asks for the others. A
        fetcher that does not answer only leaves `paper` empty: the id itself stands in the bibliography.
        """
        cited = {other: text for other, text in cited_papers(references).items() if other != paper_id}
        stored, unknown = await asyncio.to_thread(lambda: (self._metadata.get(cited), self._unknown.ids()))
        wanted = [other for other in cited if other not in stored and other not in unknown]
        if wanted and look_up:
            unknown |= await self._look_up(paper_id, wanted[:_LOOKED_UP_AT_ONCE])
            stored |= await asyncio.to_thread(self._metadata.get, wanted)
        return [
            Citation(other, text, stored.get(other))
            for other, text in cited.items()
            if other in stored or other not in unknown
        ]

    async def _look_up(self, paper_id: str, wanted: Sequence[str]) -> set[str]:
        """Ask the fetcher to store these papers; returns those that arXiv does not have."""
        try:
            reply = await self._bus.ask(Lookup(paper_ids=tuple(wanted)))
        except RequestFailed as error:
            text = "%d papers that %s cites could not be looked up: %s"
            log.warning(text, len(wanted), paper_id, error, extra={"action": "citations_not_looked_up"})
            return set()
        missing = {other: why for other, why in reply.missing.items() if other in wanted}
        if missing:
            await asyncio.to_thread(self._unknown.add, missing)
        return set(missing)


def cited_papers(references: Sequence[Reference]) -> dict[str, str]:
    """The arXiv papers among references, each with the words of its reference; what is no id is left out."""
    cited: dict[str, str] = {}
    for reference in references:
        try:
            paper_id = parse_paper_id(reference.arxiv_id or "")
        except ValueError:
            continue
        cited.setdefault(paper_id, one_line(plain_text(reference.text))[:_LONGEST_REFERENCE])
    return cited
