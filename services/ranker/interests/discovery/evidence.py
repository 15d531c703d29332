"""What interests are found from: the papers a user liked, and a random sample of what arXiv offers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from services.ranker.interests.discovery.phrases import Phrase, phrases_of
from shared.store.vectors.embeddings import Matrix

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_OF_METHOD = re.compile(
    r"\b(we|this (paper|work|study)|our) (propose|present|introduce|develop|design|build|use|describe|employ|train|"
    r"derive|construct|combine|method|approach|framework|algorithm|model)",
    re.IGNORECASE,
)
_OF_RESULT = re.compile(
    r"\b(experiments?|results?|outperform|achieves?|we (show|find|demonstrate|evaluate))\b", re.IGNORECASE
)


@dataclass(frozen=True)
class SummaryText:
    """What a summary says of a paper."""

    problem: str = ""
    method: str = ""
    tags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return ". ".join((self.problem, self.method, *self.tags))


@dataclass(frozen=True)
class Item:
    """A paper as evidence. `problem` and `method` are those parts of its abstract; `month` is when it was liked,
    empty for unrated papers."""

    paper_id: str
    title: str
    abstract: str
    category: str
    month: str = ""
    problem: str = ""
    method: str = ""
    summary: SummaryText | None = None

    @property
    def text(self) -> str:
        return f"{self.title}. {self.abstract}"


@dataclass(frozen=True, eq=False)
class Evidence:
    """Rows 0 to `likes` - 1 of `vectors` (length 1) are the likes, the rest the sample; `items` go along.

    `read` are the papers that have a summary and are not liked: what likes that have one are compared with.
    """

    items: Sequence[Item]
    vectors: Matrix
    likes: int
    read: Sequence[Item] = ()

    @property
    def others(self) -> int:
        return len(self.items) - self.likes

    @cached_property
    def phrases(self) -> list[frozenset[Phrase]]:
        return [phrases_of(item.text) for item in self.items]

    @cached_property
    def categories(self) -> list[str]:
        return [item.category for item in self.items]

    @cached_property
    def residuals(self) -> Matrix:
        """The vectors without what their category has in common: what a paper does, whatever its field."""
        means = category_means(self.vectors, self.categories)
        rest = self.vectors - np.array([means.get(category, means[""]) for category in self.categories])
        return np.asarray(rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def category_means(vectors: Matrix, categories: Sequence[str], fewest: int = 20) -> dict[str, Matrix]:
    """The mean vector of each category with enough papers, and under the empty name that of all."""
    names = np.array(categories)
    large = [name for name in dict.fromkeys(categories) if (names == name).sum() >= fewest]
    return {"": vectors.mean(axis=0)} | {name: vectors[names == name].mean(axis=0) for name in large}


def split_abstract(abstract: str) -> tuple[str, str]:
    """What an abstract says of its problem (all before its own work) and of its method, by the words that begin it."""
    problem: list[str] = []
    method: list[str] = []
    for sentence in _SENTENCE.split(" ".join(abstract.split())):
        if _OF_METHOD.search(sentence) or (method and not _OF_RESULT.search(sentence)):
            method.append(sentence)
        elif not method:
            problem.append(sentence)
    return " ".join(problem), " ".join(method)
