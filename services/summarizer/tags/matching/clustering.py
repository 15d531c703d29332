"""Tags of one collection brought together: which are names of one thing, and which name is the best."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from services.summarizer.tags.matching.abbreviations import (
    Abbreviations,
    initials,
    is_numeronym,
    numeronym_fits,
    well_known,
)
from services.summarizer.tags.matching.forms import TagForm, form_of
from services.summarizer.tags.matching.guards import must_differ
from services.summarizer.tags.matching.likeness import fillers_among, least_cosine
from services.summarizer.vectors import Matrix
from shared.text.tag_words import tag_words

Encode = Callable[[Sequence[str]], Matrix]

_LEAST_COSINE = 0.84
_NEIGHBOURS = 24
_BLOCK = 1024
_ACRONYM_COSINES = {3: 0.35}
"""What a short form of so many letters needs beside fitting initials; three letters fit by chance in a long list."""
_LEAST_MEAN = 0.78
_MOST_COMPARED = 400


def cluster(tags: Sequence[str], encode: Encode, known: Abbreviations | None = None) -> list[int]:
    """A number for each tag: those of one number are one thing. `encode` gives a unit row a text (n x d)."""
    abbreviations = (known or well_known()).within(map(tag_words, set(tags)))
    forms = {tag: form_of(tag, abbreviations) for tag in dict.fromkeys(tags)}
    by_key: dict[str, list[TagForm]] = defaultdict(list)
    for form in forms.values():
        by_key[form.key].append(form)
    groups = list(by_key.values())
    numbers = {key: number for number, key in enumerate(by_key)}
    merged = _merged(groups, encode)
    return [merged[numbers[forms[tag].key]] for tag in tags]


def best_name(names: Counter[str]) -> str:
    """The name to show for a cluster: the most frequent; of equals one written out, then the plainest and shortest."""
    longest = max(map(len, names))
    return min(
        names, key=lambda name: (-names[name], 2 * len(name) < longest, _oddness(name), len(name), name.swapcase())
    )


def _oddness(name: str) -> int:
    """How many signs and capitals a name has that its like does without."""
    return sum(char in "_()[]{},;:/" for char in name) + (len(name) > 5 and name.isupper()) + name.count("  ")


def _merged(groups: list[list[TagForm]], encode: Encode) -> list[int]:
    """The number of the cluster of each group of spellings."""
    clusters = _Clusters(groups)
    vectors = clusters.vectors = encode([_typical(group).text for group in groups])
    for left, right, least in _by_acronym(groups):
        if float(vectors[left] @ vectors[right]) >= least:
            clusters.join(left, right, sure=True)
    fillers = fillers_among(form for group in groups for form in group)
    edges = []
    for left, right, cosine in _near(vectors):
        threshold = min(least_cosine(one, other, fillers) for one in groups[left][:4] for other in groups[right][:4])
        if cosine >= threshold:
            edges.append((cosine - threshold, left, right))
    for _, left, right in sorted(edges, reverse=True):
        clusters.join(left, right)
    return clusters.numbers


def _typical(group: Sequence[TagForm]) -> TagForm:
    return max(group, key=lambda form: (len(form.words), len(form.raw), form.raw))


class _Clusters:
    """Groups that grow together where no member forbids it."""

    def __init__(self, groups: Sequence[Sequence[TagForm]]) -> None:
        self._forms = [_typical(group) for group in groups]
        self._members = {number: [number] for number in range(len(groups))}
        self.numbers = list(range(len(groups)))
        self.vectors: Matrix = np.empty((0, 0), dtype=np.float32)

    def join(self, left: int, right: int, sure: bool = False) -> None:
        one, other = self.numbers[left], self.numbers[right]
        if one == other or (not sure and not self._may(one, other)):
            return
        for member in self._members[other]:
            self.numbers[member] = one
        self._members[one] += self._members.pop(other)

    def _may(self, one: int, other: int) -> bool:
        """Whether all members go together: none is another's opposite, and they are near on the whole."""
        here, there = self._members[one], self._members[other]
        if len(here) * len(there) > _MOST_COMPARED:
            return False
        if any(must_differ(self._forms[a].meant, self._forms[b].meant) for a in here for b in there):
            return False
        return float((self.vectors[here] @ self.vectors[there].T).mean()) >= _LEAST_MEAN


def _near(vectors: Matrix) -> Iterator[tuple[int, int, float]]:
    """Pairs of rows that are among each other's nearest, with their cosine."""
    for start in range(0, len(vectors), _BLOCK):
        cosines = vectors[start : start + _BLOCK] @ vectors.T
        for at, row in enumerate(cosines):
            left = start + at
            row[: left + 1] = -1
            near = np.flatnonzero(row >= _LEAST_COSINE)
            if len(near) > _NEIGHBOURS:
                near = near[np.argsort(-row[near])[:_NEIGHBOURS]]
            yield from ((left, int(right), float(row[right])) for right in near)


def _by_acronym(groups: Sequence[Sequence[TagForm]]) -> list[tuple[int, int, float]]:
    """Groups of a short form, the only group that it can stand for, and the cosine that they need.

    By initials, or as `k8s` does, which needs none.
    """
    by_initials: dict[str, set[int]] = defaultdict(set)
    single: dict[tuple[str, str, int], set[int]] = defaultdict(set)
    for number, group in enumerate(groups):
        for form in group:
            if len(form.words) > 2:
                by_initials[initials(form.words)].add(number)
            word = "".join(form.words)
            single[word[:1], word[-1:], len(word)].add(number)
    pairs = []
    for number, group in enumerate(groups):
        for form in group:
            short = form.words[0] if len(form.words) == 1 and form.meant == form.words else ""
            candidates = by_initials.get(short, set()) - {number} if len(short) >= 3 else set()
            least = _ACRONYM_COSINES.get(len(short), 0.0)
            if is_numeronym(short):
                least = -1.0
                candidates = {
                    other
                    for other in single[short[0], short[-1], int(short[1:-1]) + 2]
                    if numeronym_fits(short, "".join(groups[other][0].words))
                } - {number}
            if len(candidates) == 1:
                pairs.append((number, candidates.pop(), least))
    return pairs
