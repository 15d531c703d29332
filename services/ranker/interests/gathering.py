"""The evidence for a user's interests, read from the stores."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from services.ranker.interests.discovery.evidence import Evidence, Item, SummaryText, split_abstract
from services.ranker.interests.discovery.facets import FEWEST_LIKES
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.people.facet_preferences import FacetPreferenceStore
from shared.store.people.preferences import RatingStore
from shared.store.tagging.tags import TagIndex, TagStore
from shared.store.vectors.embeddings import Matrix, VectorStore

SAMPLE = 3_000
_MOST_LIKES = 2_000
_MOST_READ = 3_000
_GREW = 500


@dataclass(frozen=True)
class InterestStores:
    """What interests are found from, and where preferences are kept."""

    vectors: VectorStore
    metadata: MetadataStore
    ratings: RatingStore
    summaries: SummaryStore
    tags: TagStore
    preferences: FacetPreferenceStore


class EvidenceReader:
    """Reads everything and writes nothing."""

    def __init__(self, stores: InterestStores) -> None:
        self._vectors, self._metadata, self._ratings = stores.vectors, stores.metadata, stores.ratings
        self._summaries, self._tags = stores.summaries, stores.tags

    def stamp(self, user: str) -> tuple[object, ...]:
        """Changes with the user's ratings and with summaries, tags and the recipe of vectors; with many new vectors."""
        read = (self._summaries.fingerprint(), self._tags.stamps())
        return (self._ratings.fingerprint(user), self.grown(), read, self._vectors.recipe)

    def grown(self) -> int:
        """Counts up with every 500 vectors."""
        return self._vectors.count() // _GREW

    def of(self, user: str) -> Evidence:
        """The likes with a vector, papers to compare them with, and what was read."""
        ratings = self._ratings.current(user)
        liked = [name for name, rating in ratings.items() if rating.label == "like"][-_MOST_LIKES:]
        likes = self._vectors.get(liked)
        sample = self._vectors.get(self.sampled(set(ratings)) if len(likes.ids) >= FEWEST_LIKES else ())
        papers = self._metadata.get([*likes.ids, *sample.ids])
        summaries = self._summaries.get_many(likes.ids)
        index = self._tags.index()
        items: list[Item] = []
        rows: list[Matrix] = []
        months = {name: f"{ratings[name].occurred_at:%Y-%m}" for name in likes.ids}
        count = 0
        for paper_id, vector in [*zip(*likes, strict=True), *zip(*sample, strict=True)]:
            if paper_id in papers:
                items.append(_item(papers[paper_id], months.get(paper_id, ""), summaries.get(paper_id), index))
                rows.append(vector)
                count += paper_id in months
        matrix = np.array(rows, dtype=np.float32) if rows else np.empty((0, 0), np.float32)
        return Evidence(items, matrix, count, self._read(set(liked), index))

    def _read(self, liked: set[str], index: TagIndex) -> list[Item]:
        """The papers that have a summary and are not liked, those summarised last."""
        others = [summary for summary in self._summaries.all() if summary.paper_id not in liked]
        newest = sorted(others, key=lambda summary: summary.made_at)[-_MOST_READ:]
        summaries = {summary.paper_id: summary for summary in newest}
        papers = self._metadata.get(summaries)
        return [_item(papers[name], "", summary, index) for name, summary in summaries.items() if name in papers]

    def sampled(self, without: set[str]) -> list[str]:
        """Papers drawn evenly from all with a vector, the same ones until many more have come."""
        by_year = [ids for year in self._vectors.years() if (ids := self._vectors.ids(year))]
        total = sum(map(len, by_year))
        rng = np.random.default_rng(total // _GREW)
        drawn = np.sort(rng.choice(total, min(total, SAMPLE + len(without)), replace=False)).tolist() if total else []
        chosen = _at(by_year, drawn)
        left = [paper_id for paper_id in chosen if paper_id not in without]
        return left if len(left) <= SAMPLE else [left[row] for row in np.sort(rng.permutation(len(left))[:SAMPLE])]


def _item(paper: Paper, month: str, summary: Summary | None, index: TagIndex) -> Item:
    problem, method = split_abstract(paper.abstract)
    return Item(
        paper_id=paper.paper_id,
        title=paper.title,
        abstract=paper.abstract,
        category=paper.primary_category,
        month=month,
        problem=problem,
        method=method,
        summary=_summary_text(summary, index) if summary else None,
    )


def _summary_text(summary: Summary, index: TagIndex) -> SummaryText:
    fields = {value.name: value.text for value in summary.fields}
    shown = index.shown(summary.tags, summary.raw_tags)
    tags = tuple(index.tags[slug].label if slug in index.tags else slug for slug in shown)
    return SummaryText(fields.get("problem", ""), fields.get("method", ""), tags)


def _at(lists: Sequence[Sequence[str]], positions: Iterable[int]) -> list[str]:
    """The entries at sorted positions of several lists end to end."""
    chosen: list[str] = []
    start, number = 0, 0
    for position in positions:
        while position - start >= len(lists[number]):
            start += len(lists[number])
            number += 1
        chosen.append(lists[number][position - start])
    return chosen
