"""What the pages of papers are made from, read for many papers at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from services.publisher.pages.linked_papers import other_ends
from services.publisher.records.records import PICKED, Records
from shared.paper_ids import is_local
from shared.store.papers.links import Link
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import Summary

_FEW = 20


def is_public(paper_id: str) -> bool:
    """Whether anybody may hear of a paper; a person's own file is nobody else's business."""
    return not is_local(paper_id)


class PageSources:
    """Read on, a part of the papers at a time: `papers` holds these and those at the other ends of their links."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._links: dict[str, list[Link]] = {}
        self._days: dict[str, set[date]] | None = None
        self.summarised = frozenset(filter(is_public, records.summarised_ids()))
        self.papers: Mapping[str, Paper] = {}
        self.summaries: Mapping[str, Summary] = {}

    def expect(self, count: int) -> None:
        """For many papers, every day is read once; for few, each is asked for."""
        if count > _FEW:
            self._days = {}
            for pick in self._records.picks():
                self._days.setdefault(pick.paper_id, set()).add(pick.day)

    def read(self, paper_ids: Sequence[str]) -> None:
        ends = (other_ends(paper_id, self.links(paper_id)) for paper_id in paper_ids)
        self.papers = self._records.papers(set(paper_ids).union(*ends))
        self.summaries = self._records.summaries(paper_ids)

    def neighbours(self, paper_ids: Iterable[str]) -> list[str]:
        """Papers with a page that are linked with these, in either direction: from now on they lead to these pages."""
        asked = set(paper_ids)
        ends = (other_ends(paper_id, self.links(paper_id)) for paper_id in asked)
        return sorted(set().union(*ends) & self.summarised - asked)

    def links(self, paper_id: str) -> list[Link]:
        """The links of a paper in both directions, without a word on what the owner likes, or on files of somebody's
        own: these pages are public."""
        if paper_id not in self._links:
            links = [
                link for link in self._records.links(paper_id) if is_public(link.paper_id) and is_public(link.other_id)
            ]
            self._links[paper_id] = [link.model_copy(update={"evidence": link.public_evidence}) for link in links]
        return self._links[paper_id]

    def days(self, paper_id: str) -> set[date]:
        """The days on which a paper was picked."""
        if self._days is not None:
            return self._days.get(paper_id, set())
        return {pick.day for pick in self._records.outcomes(paper_id) if pick.outcome == PICKED}
