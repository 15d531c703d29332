"""One look at what rises for a user: gathers the papers of the user's fields and asks which concepts grew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from services.ranker.interests.discovery.facets import FEWEST_LIKES
from services.ranker.rising.fields import MOST_LIKES, Fields, fields_of
from services.ranker.rising.first_publication import (
    MOST_WINDOWS,
    WINDOW_DAYS,
    first_published,
    months_back,
    newest_day,
)
from services.ranker.rising.growing_concepts import (
    FEWEST_RECENT,
    FEWEST_WINDOWS,
    GrowingConcept,
    covered_windows,
    growing_concepts,
)
from services.ranker.rising.population import DatedPaper, Population
from shared.contracts import RisingConcept, RisingPeriod, RisingReply
from shared.paper_ids import month_of
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.embeddings import Matrix, VectorStore

_WEEKS = WINDOW_DAYS // 7
_SHOWN_PAPERS = 4


@dataclass(frozen=True)
class GrowthStores:
    """What is looked at."""

    vectors: VectorStore
    metadata: MetadataStore


def search_for_growth(stores: GrowthStores, liked: Sequence[str], today: date) -> RisingReply:
    """What grew in the fields of these likes (the newest last) and just outside. Takes seconds; writes nothing."""
    likes = stores.vectors.get(liked[-MOST_LIKES:])
    if len(likes.ids) < FEWEST_LIKES:
        return RisingReply(likes=len(likes.ids), note=_too_few_likes(len(likes.ids)))
    newest = _newest_day(stores.metadata, today)
    if newest is None:
        return RisingReply(likes=len(likes.ids), note="Nothing to look at yet: no papers are stored.")
    fields = fields_of(likes.matrix, _blocks(stores.vectors, newest))
    concepts: list[RisingConcept] = []
    windows, sizes = 0, []
    for is_inside, names in ((True, fields.inside), (False, fields.outside)):
        population = _population(stores, names, newest)
        sizes.append(len(population.papers))
        windows = max(windows, covered_windows(population))
        told = {concept.name.casefold() for concept in concepts}
        grown = [concept for concept in growing_concepts(population) if concept.name.casefold() not in told]
        concepts += [_as_message(concept, population, fields, is_inside=is_inside) for concept in grown]
    note = "" if concepts else _why_none(windows, sizes[0], newest)
    weeks, inside, outside = windows * _WEEKS, sizes[0], sizes[1]
    return RisingReply(
        concepts=tuple(concepts),
        as_of=newest,
        weeks=weeks,
        likes=len(likes.ids),
        inside=inside,
        outside=outside,
        note=note,
    )


def _newest_day(metadata: MetadataStore, today: date) -> date | None:
    """The day up to which first versions are stored."""
    months = (month for month in reversed(metadata.months()) if month <= f"{today:%Y-%m}")
    return newest_day((paper for month in months for paper in metadata.month(month)), today)


def _blocks(vectors: VectorStore, newest: date) -> Iterator[tuple[list[str], Matrix]]:
    """The vectors of papers that can have been published in the weeks looked at."""
    months = months_back(newest)
    for ids, matrix in vectors.blocks(since=min(int(month[:4]) for month in months)):
        rows = [row for row, paper_id in enumerate(ids) if month_of(paper_id) in months]
        if rows:
            yield [ids[row] for row in rows], matrix if len(rows) == len(ids) else matrix[rows]


def _population(stores: GrowthStores, paper_ids: Sequence[str], newest: date) -> Population:
    vectors = stores.vectors.get(paper_ids)
    papers = stores.metadata.get(vectors.ids)
    first = newest - timedelta(days=WINDOW_DAYS * MOST_WINDOWS)
    rows: list[int] = []
    dated: list[DatedPaper] = []
    for row, paper_id in enumerate(vectors.ids):
        paper = papers.get(paper_id)
        day = first_published(paper) if paper else None
        if paper and day and first < day <= newest:
            rows.append(row)
            dated.append(DatedPaper(paper_id, paper.text, paper.primary_category, paper.authors, day))
    return Population(dated, np.asarray(vectors.matrix[rows]), newest)


def _as_message(concept: GrowingConcept, population: Population, fields: Fields, *, is_inside: bool) -> RisingConcept:
    papers = population.papers
    recent = [papers[row].paper_id for row in concept.recent]
    first = sorted((papers[row] for row in concept.rows), key=lambda paper: (paper.day, paper.paper_id))
    begins = [population.newest - timedelta(days=WINDOW_DAYS * (age + 1) - 1) for age in range(len(concept.groups))]
    periods = [RisingPeriod(begins=day, groups=groups) for day, groups in zip(begins, concept.groups, strict=True)]
    return RisingConcept(
        name=concept.name,
        also=concept.also,
        inside=is_inside,
        weeks=concept.span * _WEEKS,
        papers=len(recent),
        groups=sum(concept.groups[: concept.span]),
        weeks_before=(len(concept.groups) - concept.span) * _WEEKS,
        groups_before=sum(concept.groups[concept.span :]),
        growth=None if np.isinf(concept.growth) else concept.growth,
        least=concept.least,
        p_value=concept.p_value,
        periods=tuple(reversed(periods)),
        earliest=tuple(paper.paper_id for paper in first[:_SHOWN_PAPERS]),
        nearest=tuple(sorted(recent, key=lambda name: (-fields.nearness[name], name))[:_SHOWN_PAPERS]),
    )


def _too_few_likes(likes: int) -> str:
    papers = "1 paper that has a vector" if likes == 1 else f"{likes} papers that have a vector"
    return f"Not enough yet: you like {papers}; your fields can be told from {FEWEST_LIKES} likes on."


def _why_none(windows: int, papers: int, newest: date) -> str:
    """Why nothing is shown: too few papers, too short a history, or nothing grew."""
    day = f"{newest.day} {newest:%B %Y}"
    if windows == 0:
        return (
            f"Not enough papers yet: of the four weeks up to {day}, fewer than {FEWEST_RECENT} papers of your fields "
            "are stored, too few to tell growth from chance."
        )
    if windows < FEWEST_WINDOWS:
        return (
            f"The stored papers do not go back far enough: growth needs {FEWEST_WINDOWS * _WEEKS} weeks of papers in "
            f"your fields, and there are about {windows * _WEEKS}. `papersys fetch --from DATE` brings earlier months."
        )
    return (
        f"Nothing has grown more than chance explains: {papers:,} papers of your fields first published in the "
        f"{windows * _WEEKS} weeks up to {day} were looked at."
    )
