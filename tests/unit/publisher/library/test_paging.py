"""A long list, a page at a time."""

import pytest

from services.publisher.library.paging import Slice, slice_of


@pytest.mark.parametrize(
    ("count", "number", "expected"),
    [
        (0, None, Slice([], 1, 1, 0)),
        (3, None, Slice([0, 1], 1, 2, 3)),
        (3, 2, Slice([2], 2, 2, 3)),
        (4, 2, Slice([2, 3], 2, 2, 4)),
        (3, 99, Slice([2], 2, 2, 3)),
        (3, 0, Slice([0, 1], 1, 2, 3)),
    ],
)
def test_pages_that_there_are_not_are_the_nearest_that_there_is(
    count: int, number: int | None, expected: Slice[int]
) -> None:
    assert slice_of(range(count), number, 2) == expected
