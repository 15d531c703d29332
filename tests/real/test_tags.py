"""Tags of astronomers and of users of a bookmark service: which names mean one thing."""

import json
from pathlib import Path

import pytest

from tests.bench.reading.bench_tags import (
    NO_LIST,
    SOFTWARE,
    Vectors,
    figures,
    half_of,
    our_pairs,
    pairs_of,
    plain_form,
    read_software,
    read_thesaurus,
)
from tests.bench.reading.bench_tags import by as grouped
from tests.support.folders.real_data import real_data

pytestmark = [pytest.mark.proof, pytest.mark.xdist_group("tags")]


@pytest.fixture(scope="module")
def encode() -> Vectors:
    return Vectors()


def judged(groups: list[list[str]], encode: Vectors, *, with_list: bool = True) -> tuple[dict[str, float], float]:
    """Our figures, and our recall in units of that of plain normal forms."""
    tags, truth = sorted({tag for group in groups for tag in group}), pairs_of(groups)
    plain = figures(pairs_of(grouped(tags, plain_form)), truth)
    ours = figures(our_pairs(tags, encode, None if with_list else NO_LIST), truth)
    return ours, ours["recall"] / plain["recall"]


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_synonyms_of_a_thesaurus(half: int, encode: Vectors) -> None:
    groups = read_thesaurus(real_data("tags", "uat_synonyms_dev.csv"))
    ours, ratio = judged([group for name, group in groups.items() if half_of(name) == half], encode)
    assert ours["precision"] >= 0.95
    assert ratio >= 2


@pytest.mark.slow
@pytest.mark.parametrize("with_list", [pytest.param(True, marks=pytest.mark.slow), False])
def test_synonyms_of_programmers(with_list: bool, encode: Vectors) -> None:
    ours, ratio = judged(read_software(SOFTWARE), encode, with_list=with_list)
    assert ours["precision"] >= 0.95
    assert ratio >= 1.5


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_the_tags_of_a_real_system_are_nearly_all_different_things(every: int, encode: Vectors) -> None:
    """It was a person's tidy tree: whatever is brought together there had better be right."""
    leaves = leaves_of(real_data("legacy", "keywords.json"))[::every]
    assert len(our_pairs(leaves, encode)) <= 0.05 * len(leaves)


def leaves_of(path: Path) -> list[str]:
    tree: dict[str, list[str]] = json.loads(path.read_text("utf-8"))
    return sorted({leaf for leaves in tree.values() for leaf in leaves})
