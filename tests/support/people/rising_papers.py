"""Papers of made-up words over half a year, with a concept that may be planted in some of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from services.ranker.rising.population import DatedPaper, Population

NEWEST = date(2026, 10, 31)
CONCEPT = "quantum lanterns"
DIMENSION = 16
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"


def words(count: int = 200) -> list[str]:
    """Made-up words such as `bakode`."""
    rng = np.random.default_rng(0)
    syllables = [consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS]
    return ["".join(rng.choice(syllables, 3)) + "x" for _ in range(count)]


def plain_papers(count: int = 1_200, weeks: int = 24, seed: int = 0) -> list[DatedPaper]:
    """Papers spread evenly over so many weeks, each of two authors of its own."""
    rng, vocabulary = np.random.default_rng(seed), words()
    ages = rng.integers(0, 7 * weeks, count)
    return [
        DatedPaper(
            paper_id=id_of(NEWEST - timedelta(days=int(age)), number),
            text=" ".join(rng.choice(vocabulary, 12)),
            category="cs.LG" if number % 3 else "cs.CL",
            authors=(f"First {number}", f"Second {number}"),
            day=NEWEST - timedelta(days=int(age)),
        )
        for number, age in enumerate(ages)
    ]


def id_of(day: date, number: int) -> str:
    return f"{day:%y%m}.{number:05}"


def planted(papers: Sequence[DatedPaper], ages: Sequence[int], authors: Sequence[str] = ()) -> list[DatedPaper]:
    """The same with the concept in the last ones, which get these ages in days, and authors where they are given."""
    first = len(papers) - len(ages)
    changed = list(papers)
    for row, age in enumerate(ages, first):
        day = NEWEST - timedelta(days=age)
        paper = papers[row]
        changed[row] = replace(
            paper,
            paper_id=id_of(day, row),
            text=f"{CONCEPT}. {paper.text}",
            day=day,
            authors=(authors[row - first],) if authors else paper.authors,
        )
    return changed


def vectors_of(papers: Sequence[DatedPaper], seed: int = 0) -> np.ndarray:
    """Vectors of length 1; papers of the concept lie together."""
    vectors = np.random.default_rng(seed).normal(0, 1, (len(papers), DIMENSION)).astype(np.float32)
    vectors[:, 0] += 3
    vectors[[paper.text.startswith(CONCEPT) for paper in papers], 1] += 6
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def population(papers: Sequence[DatedPaper]) -> Population:
    return Population(papers, vectors_of(papers), NEWEST)
