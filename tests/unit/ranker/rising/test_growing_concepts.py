"""A concept that grows is found; what only chance, one group, one week or a new category brings is not."""

from dataclasses import replace

import pytest

from services.ranker.rising.growing_concepts import covered_windows, growing_concepts
from services.ranker.rising.population import DatedPaper
from tests.support.people.rising_papers import CONCEPT, NEWEST, plain_papers, planted, population

EVENLY = [1 + 160 * number // 30 for number in range(30)]
RISING = [*range(1, 27), *range(40, 160, 30)]


def names(papers: list[DatedPaper]) -> list[str]:
    return [concept.name for concept in growing_concepts(population(papers))]


@pytest.fixture(scope="module")
def papers() -> list[DatedPaper]:
    return plain_papers()


def test_a_concept_that_many_groups_take_up_is_found_with_its_papers(papers: list[DatedPaper]) -> None:
    (concept,) = growing_concepts(population(planted(papers, RISING)))
    assert (concept.name, concept.span) == (CONCEPT, 1)
    assert (len(concept.recent), len(concept.rows), concept.groups) == (26, 30, (26, 1, 1, 1, 1, 0))
    assert concept.growth > 10
    assert 1.5 < concept.least < concept.growth
    assert concept.p_value < 0.001


def test_a_concept_that_grew_over_eight_weeks_is_compared_so(papers: list[DatedPaper]) -> None:
    ages = [*range(1, 55, 2), 70, 130]
    (concept,) = growing_concepts(population(planted(papers, ages)))
    assert (concept.name, concept.span) == (CONCEPT, 2)


@pytest.mark.parametrize("seed", range(6))
def test_chance_shows_nothing(seed: int) -> None:
    assert names(planted(plain_papers(seed=seed), EVENLY)) == []


def test_one_prolific_group_makes_nothing_rise(papers: list[DatedPaper]) -> None:
    assert names(planted(papers, RISING, ["Prolific Person"] * 26 + ["A", "B", "C", "D"])) == []


def test_a_burst_of_one_week_is_no_growth(papers: list[DatedPaper]) -> None:
    assert names(planted(papers, [1 + number % 6 for number in range(26)] + [60, 90, 120, 150])) == []


def test_a_category_that_is_newly_harvested_makes_nothing_rise(papers: list[DatedPaper]) -> None:
    new = [replace(paper, category="cs.RO") for paper in planted(papers, list(range(1, 27)) * 2)[-52:]]
    assert names([*papers[:-52], *new]) == []


def test_what_the_same_papers_say_in_other_words_is_told_once(papers: list[DatedPaper]) -> None:
    changed = [
        replace(paper, text=paper.text.replace(CONCEPT, f"{CONCEPT} shine, glowing harbours"))
        for paper in planted(papers, RISING)
    ]
    (concept,) = growing_concepts(population(changed))
    assert concept.name in (f"{CONCEPT} shine", "glowing harbours")
    assert len(concept.also) == 1


@pytest.mark.parametrize(("weeks", "count", "windows"), [(8, 1_200, 2), (24, 300, 0)])
def test_a_short_or_thin_history_shows_nothing(weeks: int, count: int, windows: int) -> None:
    short = planted(plain_papers(count, weeks), [age for age in RISING if age < 7 * weeks])
    assert (covered_windows(population(short)), names(short)) == (windows, [])


def test_papers_are_told_apart_by_when_they_came() -> None:
    papers = population(plain_papers(50))
    assert papers.windows.max() <= 5
    assert papers.newest == NEWEST
