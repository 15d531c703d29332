"""What rises: how often chance shows something, and how often a planted concept is found, on real papers.

`python -m tests.bench.picks.bench_rising [PEOPLE [FILE]]` takes people (60) who like 30 papers of one neighbourhood; it
keeps vectors in FILE where one is named; without it 26,000 papers are encoded first, which takes ten minutes. Dates are
the real ones; then drawn anew, within categories or by whole weeks, so that nothing rises but by chance; then planted
concepts get dates of their own.
"""

import calendar
import gzip
import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from services.ranker.rising import population as population_module
from services.ranker.rising.fields import fields_of
from services.ranker.rising.growing_concepts import GrowingConcept, covered_windows, growing_concepts
from services.ranker.rising.population import DatedPaper, Population
from tests.support.folders.real_data import real_data

_WEEKS = 24
_LIKES, _NEIGHBOURS = 30, 150
_LIFTS = (2, 3, 5, 10)
_SIZES = ((12, 24), (25, 59), (60, 150))
population_module.phrase_hashes = cache(population_module.phrase_hashes)


@dataclass(frozen=True, eq=False)
class Corpus:
    papers: Sequence[DatedPaper]
    vectors: np.ndarray
    newest: date

    def dated(self, days: Sequence[date]) -> "Corpus":
        papers = [replace(paper, day=day) for paper, day in zip(self.papers, days, strict=True)]
        return Corpus(papers, self.vectors, self.newest)


def read_corpus(kept: Path | None) -> Corpus:
    """The papers of the last 24 weeks."""
    records: dict[str, dict[str, object]] = {}
    for path in sorted(real_data("papers").glob("*.jsonl.gz")):
        with gzip.open(path, "rt") as lines:
            for record in map(json.loads, lines):
                records.setdefault(record["id"], record)
    papers = [_paper(records[paper_id]) for paper_id in sorted(records)]
    newest = max(paper.day for paper in papers)
    vectors = _vectors(papers, kept)
    rows = [row for row, paper in enumerate(papers) if (newest - paper.day).days < 7 * _WEEKS]
    return Corpus([papers[row] for row in rows], vectors[rows], newest)


def _paper(record: dict[str, object]) -> DatedPaper:
    text = " ".join(f"{record['title']}. {record['abstract']}".split())
    categories, authors = record["categories"], record["authors"]
    assert isinstance(categories, list)
    assert isinstance(authors, list)
    paper_id, seen = str(record["id"]), date.fromisoformat(str(record["first_seen"]))
    year, month = 2000 + int(paper_id[:2]), int(paper_id[2:4])
    last = date(year, month, calendar.monthrange(year, month)[1])
    return DatedPaper(paper_id, text, str(categories[0]), tuple(map(str, authors)), min(seen, last))


def _vectors(papers: Sequence[DatedPaper], kept: Path | None) -> np.ndarray:
    if kept is not None and kept.exists():
        return np.asarray(np.load(kept))
    from services.embedder.backends.sentence_transformer import Backend
    from shared.settings.settings import ModelSettings

    backend = Backend(ModelSettings(max_length=96, batch_size=64), threads=None)
    backend.load()
    vectors = np.asarray(backend.encode([paper.text for paper in papers], "passage"), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    if kept is not None:
        np.save(kept, vectors)
    return vectors


def likes_of(corpus: Corpus, rng: np.random.Generator, rows: np.ndarray | None = None) -> np.ndarray:
    """The vectors of 30 of the papers nearest to a random one, among all or some."""
    among = np.arange(len(corpus.papers)) if rows is None else rows
    near = corpus.vectors[among] @ corpus.vectors[rng.choice(among)]
    return np.asarray(corpus.vectors[rng.choice(among[np.argsort(-near)[:_NEIGHBOURS]], _LIKES, replace=False)])


def populations_of(corpus: Corpus, likes: np.ndarray) -> list[Population]:
    row_of = {paper.paper_id: row for row, paper in enumerate(corpus.papers)}
    fields = fields_of(likes, [([paper.paper_id for paper in corpus.papers], corpus.vectors)])
    parts = [[row_of[name] for name in names] for names in (fields.inside, fields.outside)]
    return [Population([corpus.papers[row] for row in rows], corpus.vectors[rows], corpus.newest) for rows in parts]


def shuffled(corpus: Corpus, rng: np.random.Generator) -> Corpus:
    """With the dates of each category dealt out anew."""
    by_category: dict[str, list[int]] = defaultdict(list)
    for row, paper in enumerate(corpus.papers):
        by_category[paper.category].append(row)
    days = [paper.day for paper in corpus.papers]
    for rows in by_category.values():
        for row, other in zip(rows, rng.permutation(rows), strict=True):
            days[row] = corpus.papers[int(other)].day
    return corpus.dated(days)


def weeks_shuffled(corpus: Corpus, rng: np.random.Generator) -> Corpus:
    """With the weeks in another order: what comes in bursts still does."""
    order = rng.permutation(_WEEKS)
    ages = [(corpus.newest - paper.day).days for paper in corpus.papers]
    return corpus.dated([corpus.newest - timedelta(days=int(7 * order[age // 7] + age % 7)) for age in ages])


def planted(
    population: Population, size: tuple[int, int], lift: int, rng: np.random.Generator
) -> tuple[Population, np.ndarray] | None:
    """A phrase of so many papers gets so much more of the newest four weeks; its papers beside."""
    concepts = population.concepts
    counts = np.asarray(concepts.members.sum(axis=0)).ravel()
    fitting = np.flatnonzero((counts >= size[0]) & (counts <= size[1]))
    if not len(fitting):
        return None
    rows = concepts.rows(int(rng.choice(fitting)))
    days = np.array([paper.day for paper in population.papers])
    ages = np.array([(population.newest - day).days for day in days])
    recent = ages < 28
    odds = lift * recent.mean() / (1 - recent.mean())
    papers = list(population.papers)
    for row in rows:
        pool = recent if rng.random() < odds / (1 + odds) else ~recent
        papers[row] = replace(papers[row], day=rng.choice(days[pool]))
    moved = Population(papers, population.vectors, population.newest)
    moved.__dict__["concepts"] = concepts
    return moved, rows


def finds(found: Sequence[GrowingConcept], rows: np.ndarray) -> bool:
    return any(len(np.intersect1d(concept.rows, rows)) >= 0.5 * min(len(concept.rows), len(rows)) for concept in found)


def share(hits: int, of: int) -> str:
    """A share with its exact interval of 95 %."""
    from scipy.special import betaincinv

    low = betaincinv(hits, of - hits + 1, 0.025) if hits else 0.0
    high = betaincinv(hits + 1, of - hits, 0.975) if hits < of else 1.0
    return f"{hits} of {of} ({hits / max(of, 1):.0%}; {low:.0%} to {high:.0%})"


def chance(corpus: Corpus, people: int) -> None:
    newest = np.array([(corpus.newest - paper.day).days < 28 for paper in corpus.papers])
    for name, deal, of_newest in (
        ("dates dealt out anew within categories", shuffled, False),
        ("the same, likes from the newest four weeks only", shuffled, True),
        ("weeks in another order", weeks_shuffled, False),
    ):
        shown = concepts = 0
        for person in range(people):
            rng = np.random.default_rng(person)
            world = deal(corpus, rng)
            if of_newest:
                newest = np.array([(world.newest - paper.day).days < 28 for paper in world.papers])
            likes = likes_of(world, rng, np.flatnonzero(newest) if of_newest else None)
            found = [len(growing_concepts(population)) for population in populations_of(world, likes)]
            shown, concepts = shown + any(found), concepts + sum(found)
        print(f"{name}: something shown for {share(shown, people)}, {concepts} concepts", flush=True)


def detection(corpus: Corpus, people: int) -> None:
    hits: dict[tuple[tuple[int, int], int], list[bool]] = defaultdict(list)
    for person in range(people):
        rng = np.random.default_rng(1_000 + person)
        world = shuffled(corpus, rng)
        population = populations_of(world, likes_of(world, rng))[0]
        if covered_windows(population) < 3:
            continue
        for size in _SIZES:
            for lift in _LIFTS:
                plant = planted(population, size, lift, rng)
                if plant is not None:
                    hits[size, lift].append(finds(growing_concepts(plant[0]), plant[1]))
    for (size, lift), found in sorted(hits.items()):
        print(f"{size[0]} to {size[1]} papers, {lift} times as often: found {share(sum(found), len(found))}")


def real_dates(corpus: Corpus, people: int) -> None:
    shown: dict[str, list[GrowingConcept]] = defaultdict(list)
    sizes, persons = [], 0
    for person in range(people):
        populations = populations_of(corpus, likes_of(corpus, np.random.default_rng(person)))
        sizes.append(len(populations[0].papers))
        found = [concept for population in populations for concept in growing_concepts(population)]
        persons += bool(found)
        for concept in found:
            shown[concept.name].append(concept)
    print(f"real dates: something shown for {share(persons, people)}; fields of {np.median(sizes):.0f} papers (median)")
    for name, found in sorted(shown.items(), key=lambda item: -len(item[1])):
        one = found[0]
        print(f"  {name}: {len(found)} people, groups {one.groups[::-1]}, {one.growth:.1f} times, p {one.p_value:.1e}")


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    corpus = read_corpus(Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    print(f"{len(corpus.papers)} papers up to {corpus.newest}, {people} people", flush=True)
    started = time.perf_counter()
    everybody = Population(corpus.papers, corpus.vectors, corpus.newest)
    found = ", ".join(concept.name for concept in growing_concepts(everybody))
    print(f"all papers as one field: {found or 'nothing'}; {time.perf_counter() - started:.1f} s", flush=True)
    real_dates(corpus, people)
    chance(corpus, people)
    detection(corpus, people)


if __name__ == "__main__":
    main()
