"""What the row of a paper should hold: its properties, but for the rating, and its body, each with a hash."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.publisher.outlets.notion.blocks import Block, body_blocks
from services.publisher.outlets.notion.rich_text import at_most, option_names, rich_text
from services.publisher.paper.revisions.cited_since import withdrawn_papers
from services.publisher.records.records import PICKED, Records
from shared.paper_ids import is_local
from shared.paper_labels import page_address, paper_label
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import Summary
from shared.store.selections import Candidate

_SCORE_DIGITS = 4


@dataclass(frozen=True)
class RowContent:
    """`properties` by key of `shared.notion.properties.TYPES`, as Notion's API takes them; `blocks` the body."""

    paper_id: str
    title: str
    properties: dict[str, Any]
    blocks: list[Block]

    @property
    def properties_hash(self) -> str:
        return _hash(self.properties)

    @property
    def body_hash(self) -> str:
        return _hash(self.blocks)


class RowContents:
    """Makes rows from the records of one user; `arxiv` is where a paper's original is found."""

    def __init__(self, records: Records, arxiv: str) -> None:
        self._records, self._arxiv = records, arxiv

    def paper_ids(self) -> list[str]:
        """The papers that should have a row: those with a summary."""
        return [paper_id for paper_id in self._records.summarised_ids() if not is_local(paper_id)]

    def row(self, paper_id: str) -> RowContent | None:
        """The row of a paper; None while its metadata or its summary is not stored."""
        paper = self._records.papers([paper_id]).get(paper_id)
        summary = self._records.summaries([paper_id]).get(paper_id)
        if paper is None or summary is None:
            return None
        links = [
            link
            for link in self._records.links(paper_id)
            if link.paper_id == paper_id and not is_local(link.other_id)  # others may read the page
        ]
        others = self._records.papers(link.other_id for link in links)
        withdrawn = withdrawn_papers(self._records, {paper_id, *others})
        paper = replace(paper, withdrawn=paper_id in withdrawn)
        titles = {
            other: f"{found.title} (withdrawn by its authors)" if other in withdrawn else found.title
            for other, found in others.items()
        }
        sources = {other: found.source for other, found in others.items()}
        addresses = {
            link.other_id: page_address(link.other_id, self._arxiv, source=sources.get(link.other_id, ""))
            for link in links
        }
        blocks = body_blocks(paper, summary, links, titles, addresses)
        return RowContent(paper_id, paper.title or paper_label(paper_id), self._properties(paper, summary), blocks)

    def _properties(self, paper: Paper, summary: Summary) -> dict[str, Any]:
        pick = next((found for found in self._records.outcomes(paper.paper_id) if found.outcome == PICKED), None)
        tags = option_names(self._records.tags.label(name) for name in summary.tags)
        return {
            "title": {"title": at_most(rich_text(paper.title or paper_label(paper.paper_id)))},
            "authors": {"rich_text": at_most(rich_text(_names(paper.authors)))},
            "published": _date(paper.published_at.date() if paper.published_at else None),
            "picked": _date(pick.day if pick else None),
            "tags": {"multi_select": [{"name": name} for name in tags]},
            "score": {"number": _score(pick)},
            "link": {"url": page_address(paper.paper_id, self._arxiv, source=paper.source) or None},
            "paper_id": {"rich_text": rich_text(paper.paper_id)},
        }


def _names(authors: Iterable[str]) -> str:
    return ", ".join(authors)


def _date(day: date | None) -> dict[str, Any]:
    return {"date": {"start": day.isoformat()} if day else None}


def _score(pick: Candidate | None) -> float | None:
    return round(pick.score, _SCORE_DIGITS) if pick is not None and pick.score is not None else None


def _hash(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
