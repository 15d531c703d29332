"""Once a week: papers that a person does not know and that many of the papers that they like cite. A plain count."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Components
from services.publisher.reading.citations.bibliographies import Bibliographies, Entry
from services.publisher.reading.citations.standings import standings_of
from services.publisher.reading.citations.titles import TitleIndex, often_begun
from services.publisher.records.records import Records
from shared.errors import PapersysError
from shared.paper_ids import parse_paper_id
from shared.paper_labels import paper_label

log = logging.getLogger(__name__)

DISMISSED = "papersys_offers"
"""The cookie with the week whose offers a person wants to see no more."""
FEWEST_CITING = 3
_MOST_OFFERED, _MOST_COUNTED = 5, 50
_WAIT_SECONDS = 0.3
"""Counting over hundreds of bibliographies takes seconds the first time; the page does not wait for it."""


_Counted = list[tuple[str, tuple[str, ...]]]
"""Each cited paper with who cites it."""


@dataclass(frozen=True)
class Offer:
    """A paper, the liked papers that cite it by id and title, and its words in a bibliography where it is not here."""

    card: Card
    citing: tuple[tuple[str, str], ...]
    reference: str


def week_of(moment: datetime) -> str:
    """The ISO week, as in `2026-W47`."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02d}"


def often_cited(citations: Mapping[str, Sequence[str]]) -> list[tuple[str, tuple[str, ...]]]:
    """What at least three of the citing papers cite, each with who cites it; most cited first.

    `citations` has the cited ids of each citing paper; one that cites a paper twice counts once.
    """
    citing: dict[str, list[str]] = {}
    for paper_id, cited_ids in citations.items():
        for cited_id in dict.fromkeys(cited_ids):
            if cited_id != paper_id:
                citing.setdefault(cited_id, []).append(paper_id)
    often = [(cited_id, tuple(ids)) for cited_id, ids in citing.items() if len(ids) >= FEWEST_CITING]
    return sorted(often, key=lambda item: (-len(item[1]), item[0]))


class WeeklyOffers:
    """Counts once a week and person, beside the pages."""

    def __init__(self, bibliographies: Bibliographies, wait_seconds: float = _WAIT_SECONDS) -> None:
        self._bibliographies, self._wait_seconds = bibliographies, wait_seconds
        self._counter = ThreadPoolExecutor(1, thread_name_prefix="offers")
        self._counts: dict[str, tuple[str, Future[_Counted]]] = {}

    async def of(self, mine: Components, week: str) -> list[Offer]:
        """What is offered now: none of it known by now; nothing while it is still being counted."""
        kept = self._counts.get(mine.user)
        if kept is None or kept[0] != week:
            kept = self._counts[mine.user] = (week, self._counter.submit(self._count, mine))
        counting = kept[1]
        await asyncio.wait({asyncio.wrap_future(counting)}, timeout=self._wait_seconds)
        if not counting.done():
            return []
        try:
            counted = counting.result()
        except (OSError, ValueError, PapersysError) as error:
            del self._counts[mine.user]
            log.warning("Papers that liked papers cite were not counted: %s", error, extra={"action": "offers_failed"})
            return []
        return await asyncio.to_thread(_offers, mine, counted)

    def _count(self, mine: Components) -> _Counted:
        liked = [paper_id for paper_id, standing in standings_of(mine.ratings).items() if standing == "liked"]
        found = {paper_id: self._bibliographies.of(paper_id) for paper_id in liked}
        entries = {paper_id: listed.entries for paper_id, listed in found.items() if listed is not None}
        words = ([entry.words for entry in listed] for listed in entries.values())
        ids = often_begun(words, mine.records.every_title(), FEWEST_CITING)
        titles = TitleIndex(mine.records.papers(ids).values())
        cited = {paper_id: list(_cited_ids(listed, titles)) for paper_id, listed in entries.items()}
        return often_cited(cited)[:_MOST_COUNTED]


def _offers(mine: Components, counted: Sequence[tuple[str, tuple[str, ...]]]) -> list[Offer]:
    known = {*standings_of(mine.ratings), *mine.library.skipped()}
    shown = [(paper_id, citing) for paper_id, citing in counted if paper_id not in known][:_MOST_OFFERED]
    cards = build_cards(mine.records, mine.ratings, [paper_id for paper_id, _ in shown])
    titles = mine.records.papers({paper_id for _, citing in shown for paper_id in citing})
    return [
        Offer(
            card,
            tuple((one, titles[one].title if one in titles else paper_label(one)) for one in citing),
            "" if card.paper else _reference(mine.records, citing[0], card.paper_id),
        )
        for card, (_, citing) in zip(cards, shown, strict=True)
    ]


def _reference(records: Records, citing_id: str, cited_id: str) -> str:
    """What a bibliography says of a paper whose metadata is not here."""
    record = records.documents.record(citing_id)
    entries = record.references if record else ()
    return next((entry.text for entry in entries if entry.arxiv_id == cited_id), "")


def _cited_ids(entries: Sequence[Entry], titles: TitleIndex) -> Iterator[str]:
    """The papers that references name by id; else, of those that were harvested, by title and author."""
    for entry in entries:
        if entry.arxiv_id and _is_id(entry.arxiv_id):
            yield entry.arxiv_id
        elif not entry.arxiv_id and (paper_id := titles.find(entry.words)):
            yield paper_id


def _is_id(text: str) -> bool:
    try:
        return parse_paper_id(text) == text
    except ValueError:
        return False
