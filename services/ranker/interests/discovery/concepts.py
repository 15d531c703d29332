"""What papers can have in common: families of phrases, and neighbourhoods of vectors.

Concepts are made from all papers of the evidence alike, likes or not, so that none of them is made to fit the likes.
Words belong together when the papers that have them mean similar things apart from their fields; that is how
`pruning`, `quantization` and `low-bit` become one concept though no paper needs to have them all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ranker.interests.discovery.evidence import Evidence, SummaryText
from services.ranker.interests.discovery.phrases import Phrase, phrases_of
from shared.store.vectors.embeddings import Matrix

Rows = NDArray[np.intp]

_MOST_PHRASES = 2_000
_TOPICAL = 0.02
_RAREST, _MOST_COMMON = 0.004, 0.12
_COMMON_AMONG_FEW = 20
_FEWEST_PAPERS = 6
_LARGEST = 15
_FURTHEST = 0.6
_CENTRES = 100
_ROUNDS = 6
_SHARE_NEAR = 0.03
_FEWEST_READ = 3
_MOST_COMMON_READ = 0.5
_SAME_ROWS = 0.8


@dataclass(frozen=True, eq=False)
class Concept:
    """Papers (sorted rows) that have something in common; `source` says what: `words`, `meaning`, `category`, or what
    abstracts say of their problem or method, or what summaries do, or `tags`. `name` is the category's or the tag's."""

    rows: Rows
    source: str
    phrases: tuple[Phrase, ...] = ()
    name: str = ""

    @property
    def category(self) -> str:
        """The category that it is, if it is one."""
        return self.name if self.source == "category" else ""


def concepts_of(evidence: Evidence) -> list[Concept]:
    """All concepts over likes and sample, to be tested."""
    near = [*_neighbourhoods(evidence.vectors), *_neighbourhoods(evidence.residuals)]
    parts = [*_section_concepts(evidence, "problem"), *_section_concepts(evidence, "method")]
    return [*word_concepts(evidence), *parts, *near, *_categories(evidence)]


def summary_concepts(summaries: Sequence[SummaryText]) -> list[Concept]:
    """Every concept of papers that have a summary: their tags, and phrases of their problem and method."""
    tags: dict[str, list[int]] = defaultdict(list)
    for row, summary in enumerate(summaries):
        for tag in dict.fromkeys(summary.tags):
            tags[tag].append(row)
    concepts = [
        Concept(np.array(rows), "tags", tuple(sorted(phrases_of(tag))), tag)
        for tag, rows in sorted(tags.items())
        if len(rows) >= _FEWEST_READ
    ]
    for part in ("problem", "method"):
        texts = [phrases_of(text.problem if part == "problem" else text.method) for text in summaries]
        rows_of = _rows_of(texts, _FEWEST_READ, _MOST_COMMON_READ * len(summaries))
        concepts += [Concept(np.array(rows), f"{part} in summaries", (phrase,)) for phrase, rows in rows_of.items()]
    return concepts


def _section_concepts(evidence: Evidence, part: str) -> list[Concept]:
    """Phrases of the abstracts' problem, or method, parts, unless the whole abstracts have them nearly as often."""
    texts = [phrases_of(item.problem if part == "problem" else item.method) for item in evidence.items]
    papers = len(texts)
    anywhere = Counter(phrase for phrases in evidence.phrases for phrase in phrases if len(phrase) <= 2)
    rows_of = _rows_of(texts, max(_FEWEST_PAPERS, _RAREST * papers), _most_common(papers))
    own = {phrase: rows for phrase, rows in rows_of.items() if len(rows) < _SAME_ROWS * anywhere[phrase]}
    topical = _topical(evidence, own).items()
    return [Concept(np.array(rows), f"{part} in abstracts", (phrase,)) for phrase, rows in topical]


def word_concepts(evidence: Evidence) -> list[Concept]:
    """Phrases, and the small branches of their tree by meaning (average linkage of cosine distances)."""
    rows_of = _topical(evidence, _vocabulary(evidence))
    if not rows_of:
        return []
    leaves = [(frozenset([phrase]), frozenset(rows)) for phrase, rows in rows_of.items()]
    nodes = dict(enumerate(leaves))
    for number, left, right in _branches(_phrase_vectors(evidence, list(rows_of.values()))):
        if left in nodes and right in nodes and len(nodes[left][0]) + len(nodes[right][0]) <= _LARGEST:
            nodes[number] = (nodes[left][0] | nodes[right][0], nodes[left][1] | nodes[right][1])
    return [Concept(np.array(sorted(rows)), "words", tuple(sorted(phrases))) for phrases, rows in nodes.values()]


def _vocabulary(evidence: Evidence) -> dict[Phrase, list[int]]:
    """The rows of the commonest phrases of one or two words that not too many papers have."""
    papers = len(evidence.items)
    return _rows_of(evidence.phrases, max(_FEWEST_PAPERS, _RAREST * papers), _most_common(papers))


def _most_common(papers: int) -> float:
    """In how many papers a phrase may stand that is to name something."""
    return max(_MOST_COMMON * papers, _COMMON_AMONG_FEW)


def _rows_of(texts: Sequence[frozenset[Phrase]], least: float, most: float) -> dict[Phrase, list[int]]:
    """The texts that have each phrase of one or two words; the commonest that not too many have."""
    counts = Counter(phrase for phrases in texts for phrase in phrases if len(phrase) <= 2)
    fitting = sorted(
        (phrase for phrase, count in counts.items() if least <= count <= most),
        key=lambda phrase: (-counts[phrase], phrase),
    )
    chosen = set(fitting[:_MOST_PHRASES])
    rows: dict[Phrase, list[int]] = defaultdict(list)
    for row, phrases in enumerate(texts):
        for phrase in phrases & chosen:
            rows[phrase].append(row)
    return {phrase: rows[phrase] for phrase in sorted(rows)}


def _topical(evidence: Evidence, rows_of: dict[Phrase, list[int]]) -> dict[Phrase, list[int]]:
    """The phrases whose papers are nearer to each other than papers drawn at random; those of `often` are not."""
    return {phrase: rows for phrase, rows in rows_of.items() if closeness_within(evidence, rows) >= _TOPICAL}


def closeness_within(evidence: Evidence, rows: Sequence[int] | Rows) -> float:
    """The mean cosine between some papers, their fields apart: the square of the mean of n unit vectors is
    1/n + (1 - 1/n) times that."""
    mean = evidence.residuals[rows].mean(axis=0) - evidence.residuals.mean(axis=0)
    return float((len(rows) * mean @ mean - 1) / max(len(rows) - 1, 1))


def _phrase_vectors(evidence: Evidence, rows: list[list[int]]) -> Matrix:
    """What the papers of each phrase mean apart from their fields, n x dimension, length 1."""
    means = np.array([evidence.residuals[papers].mean(axis=0) for papers in rows]) - evidence.residuals.mean(axis=0)
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _branches(vectors: Matrix) -> Iterator[tuple[int, int, int]]:
    """Number, left and right of each branch that is not too wide; leaves are numbered first."""
    if len(vectors) < 2:
        return
    from sklearn.cluster import AgglomerativeClustering

    distances = np.clip(1 - vectors @ vectors.T, 0, 2)
    tree = AgglomerativeClustering(
        n_clusters=None, distance_threshold=0, metric="precomputed", linkage="average", compute_full_tree=True
    ).fit(distances)
    for number, ((left, right), width) in enumerate(zip(tree.children_, tree.distances_, strict=True), len(vectors)):
        if width < _FURTHEST:
            yield number, int(left), int(right)


def _categories(evidence: Evidence) -> list[Concept]:
    names = np.array(evidence.categories)
    rows = {name: np.flatnonzero(names == name) for name in sorted(set(evidence.categories))}
    return [Concept(papers, "category", name=name) for name, papers in rows.items() if len(papers) >= _FEWEST_PAPERS]


def _neighbourhoods(vectors: Matrix) -> list[Concept]:
    """The papers nearest to each centre of a spherical k-means from a fixed start."""
    papers = len(vectors)
    near = max(_FEWEST_PAPERS, round(_SHARE_NEAR * papers))
    if papers < 4 * near:
        return []
    centres = vectors[np.random.default_rng(0).choice(papers, min(_CENTRES, papers), replace=False)]
    for _ in range(_ROUNDS):
        home = (vectors @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, home, vectors)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres)
    cosines = vectors @ centres.T
    return [
        Concept(np.sort(np.argpartition(-cosines[:, centre], near - 1)[:near]), "meaning")
        for centre in range(len(centres))
    ]
