"""A long list, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Slice(Generic[T]):
    """`items` of page `number` (from 1) of `pages`, of `total` in all."""

    items: list[T]
    number: int
    pages: int
    total: int


def slice_of(items: Sequence[T], number: int | None, size: int) -> Slice[T]:
    """The page with that number; the first where none is given, the last where there are fewer."""
    pages = max(1, -(-len(items) // size))
    shown = min(max(1, number or 1), pages)
    return Slice(list(items[(shown - 1) * size : shown * size]), shown, pages, len(items))
