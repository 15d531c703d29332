"""The sentences of an abstract with their roles: for pages that mark them, and for tables that rank them."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from services.summarizer.roles.choosing import assign
from services.summarizer.roles.features import Array
from services.summarizer.roles.model import ROLES, Role, RoleProbabilities, shipped_model
from services.summarizer.text.sentences import split_sentences

_MARKED_FROM = 0.15
_LISTED_FROM = 0.02
_RANKED: tuple[Role, ...] = ("problem", "task", "method", "result")
_DISTINCT: tuple[Role, ...] = ("problem", "method", "result")
"""Roles that share no first sentence in a ranking; the task is often named where the problem is stated."""


class RoleSentence(NamedTuple):
    """A sentence of an abstract, from character `start` to `end` of it, and its role; None for none of them."""

    text: str
    role: Role | None
    start: int
    end: int


class AbstractRoles(NamedTuple):
    """`sentences` as they stand in the abstract, and how likely each is the best for a role."""

    sentences: tuple[str, ...]
    probabilities: RoleProbabilities


def read_abstract(abstract: str) -> AbstractRoles:
    sentences = tuple(split_sentences(abstract))
    return AbstractRoles(sentences, shipped_model().probabilities([" ".join(text.split()) for text in sentences]))


def roles_of_abstract(abstract: str) -> list[RoleSentence]:
    """Every sentence with its likeliest role, in reading order; the abstract is the text as it is shown."""
    found = read_abstract(abstract)
    marked, start = [], 0
    for row, text in enumerate(found.sentences):
        start = abstract.index(text, start)
        marked.append(RoleSentence(text, _likeliest(found, row), start, start + len(text)))
        start += len(text)
    return marked


def rank_sentences(abstract: str) -> dict[Role, list[str]]:
    """The likeliest sentences for problem, task, method and result, best first, each as it stands in the abstract.

    Problem, method and result begin with different sentences; a role may have none only where there is no sentence.
    """
    found = read_abstract(abstract)
    first = assign({role: found.probabilities.of[role] for role in _DISTINCT})
    ranked = {role: _ranked(found, role, first) for role in _RANKED}
    return {role: sentences for role, sentences in ranked.items() if sentences}


def _ranked(found: AbstractRoles, role: Role, first: Mapping[str, int]) -> list[str]:
    shares = found.probabilities.of[role]
    order = [int(row) for row in np.argsort(-shares, kind="stable") if shares[row] >= _LISTED_FROM]
    if role in first:
        order = [first[role], *(row for row in order if row != first[role])]
    return [found.sentences[row] for row in order]


def _likeliest(found: AbstractRoles, row: int) -> Role | None:
    shares: Array = np.array([found.probabilities.of[role][row] for role in ROLES])
    return ROLES[int(shares.argmax())] if shares.max() >= _MARKED_FROM else None
