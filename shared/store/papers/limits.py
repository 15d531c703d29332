"""How much of a paper is kept: whoever brings metadata in cuts it here, so that no single paper can spoil its month.

The limits lie far above what arXiv takes; a row that keeps them stays under the 2 MB that DuckDB reads.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from shared.store.papers.rows import Paper

_TEXT_CHARACTERS = 50_000
_SHORT_CHARACTERS = 5_000
_AUTHORS_CHARACTERS = 200_000
_NAME_CHARACTERS = 1_000
_CATEGORIES = 100
_CATEGORY_CHARACTERS = 60
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def within_limits(paper: Paper) -> Paper:
    """The paper with what is too long cut off, and without control characters and lone surrogates."""
    return replace(
        paper,
        title=_cut(paper.title, _SHORT_CHARACTERS),
        abstract=_cut(paper.abstract, _TEXT_CHARACTERS),
        comment=_cut(paper.comment, _TEXT_CHARACTERS),
        doi=_cut(paper.doi, _SHORT_CHARACTERS),
        journal_ref=_cut(paper.journal_ref, _SHORT_CHARACTERS),
        license=_cut(paper.license, _SHORT_CHARACTERS),
        authors=_first(paper.authors, _NAME_CHARACTERS, _AUTHORS_CHARACTERS),
        categories=_first(paper.categories, _CATEGORY_CHARACTERS, _CATEGORIES * _CATEGORY_CHARACTERS),
        primary_category=_cut(paper.primary_category, _CATEGORY_CHARACTERS),
    )


def _cut(text: str, most: int) -> str:
    return _NO_TEXT.sub(" ", text[:most]).strip()


def _first(texts: Iterable[str], most: int, most_together: int) -> tuple[str, ...]:
    """The first of the texts, up to so many characters together."""
    kept: list[str] = []
    for text in texts:
        short = _cut(text, most)
        most_together -= len(short)
        if most_together < 0:
            break
        kept.append(short)
    return tuple(kept)
