"""The marks of a text that is skimmed: asked of the summarizer, or without it the sentences that the summary quotes."""

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.publisher.pages.components import Components
from services.publisher.reading.fulltext.claims import claims_of
from services.publisher.reading.fulltext.finding import find_words
from services.publisher.reading.fulltext.markdown.blocks import Block
from services.publisher.reading.fulltext.markdown.inline import Marked
from shared.contracts import RoleSpan, SentenceRoles, SkimRole
from shared.errors import RequestFailed
from shared.store.papers.summaries import Summary

LEVELS: Mapping[str, str] = {"0": "Off", "1": "Abstract", "2": "Key sentences", "3": "More", "4": "All"}
_ROLES: Mapping[str, SkimRole] = {
    "problem": "problem",
    "method": "method",
    "result": "result",
    "results": "result",
    "limitations": "limitation",
    "limitation": "limitation",
}
_ONLY_QUOTES = "Only what the summary quotes is marked: the summarizer does not answer now."
_NOTHING = "Nothing can be marked now: the summarizer does not answer, and there is no summary."
_KEPT = 100


@dataclass(frozen=True)
class Skim:
    """Spans in order, none within another; `note` says what is missing."""

    spans: tuple[RoleSpan, ...] = ()
    note: str = ""

    def marks_of(self, block: Block) -> list[Marked]:
        """The parts of the spans that lie within a block, as its characters."""
        index = max(0, bisect_right([span.start for span in self.spans], block.start) - 1)
        marks = []
        for span in self.spans[index:]:
            if span.start >= block.end:
                break
            start, end = max(0, span.start - block.start), min(len(block.text), span.end - block.start)
            if end > start:
                marks.append(Marked(start, end, f"skim {span.role} level-{span.level}"))
        return marks


NO_SKIM = Skim()


class Skims:
    """What the summarizer answered, until the text is converted again."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, str], Skim] = OrderedDict()

    async def of(self, mine: Components, paper_id: str, version: int) -> Skim | None:
        """None where nobody answers."""
        key = (paper_id, version, mine.records.documents.stamp(paper_id, version))
        with self._turn:
            if key in self._kept:
                return self._kept[key]
        try:
            reply = await mine.bus.ask(SentenceRoles(paper_id=paper_id, version=version))
        except RequestFailed:
            return None
        skim = Skim(_apart(reply.spans), reply.problem)
        with self._turn:
            self._kept[key] = skim
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return skim


def skim_of_summary(summary: Summary | None, markdown: str) -> Skim:
    """What the summary quotes from the text, for the fields that have a role."""
    spans = []
    for listed in claims_of(summary):
        role = _ROLES.get(listed.name.rpartition("-")[0])
        place = find_words(listed.quote.text, markdown) if role else None
        if role and place:
            spans.append(RoleSpan(start=place[0], end=place[1], role=role, level=2))
    return Skim(_apart(sorted(spans, key=lambda span: span.start)), _ONLY_QUOTES if spans else _NOTHING)


def _apart(spans: Sequence[RoleSpan]) -> tuple[RoleSpan, ...]:
    """Without those that begin before the one before them ends."""
    kept: list[RoleSpan] = []
    for span in spans:
        if span.end > span.start and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return tuple(kept)
