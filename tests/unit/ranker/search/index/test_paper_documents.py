"""Numbers that stand for papers, and their order in time."""

from datetime import date
from typing import Any

import pytest

from services.ranker.search.index.paper_documents import (
    Entry,
    day_of,
    document_of,
    first_submitted,
    mark_of,
    numbers_of,
)
from tests.unit.ranker.search.house import a_paper


def submitted(number: int, **facts: Any) -> int:
    (value,) = document_of(Entry(a_paper(number, "Title", "", **facts), "2026-10", 1), 7)["submitted"]
    return int(value)


def test_ids_have_numbers_of_their_own_the_same_in_any_company() -> None:
    ids = [f"{month:04}.{number:05}" for month in (2601, 2602) for number in range(5000)]
    ids += [f"{archive}/9901{number:03}" for archive in ("hep-th", "hep-ph", "math") for number in range(999)]
    numbers = numbers_of(ids)
    assert len(set(numbers.tolist())) == len(ids)
    assert (numbers >= 0).all()
    assert numbers_of(ids[77:78]).tolist() == [numbers[77]]
    assert numbers_of([]).tolist() == []


def test_papers_are_ordered_by_day_and_within_it_by_id() -> None:
    assert submitted(2) > submitted(1)
    same_day = a_paper(1, "").published_at
    assert submitted(9, published_at=same_day) > submitted(2, published_at=same_day) > submitted(1)


@pytest.mark.parametrize("number", [1, 4999])
def test_the_day_can_be_read_again(number: int) -> None:
    paper = a_paper(number, "Title")
    assert paper.published_at is not None
    assert day_of(submitted(number)) == paper.published_at.date()
    assert day_of(submitted(number, published_at=None)) is None
    assert submitted(number, published_at=None) < first_submitted(date.min)


def test_another_row_has_another_mark() -> None:
    assert mark_of(b"a") != mark_of(b"b")
    assert 0 <= mark_of(b"a") < 2**63
