"""Simple baselines that papersys is measured against. Pure: each scores papers by what was liked before.

TF-IDF centroid; TF-IDF and a linear SVM as arxiv-sanity-lite has it; mean similarity as zotero-arxiv-daily has it; the
nearest like; logistic regression on the vectors against random papers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from services.ranker.learning.logistic import fit_logistic
from services.ranker.learning.similarity import Array
from shared.store.vectors.embeddings import Matrix

if TYPE_CHECKING:  # scipy takes half a second
    from scipy.sparse import csr_matrix

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Corpus:
    """Papers as vectors (n x d) and as words: TF-IDF, n rows of length 1."""

    vectors: Matrix
    words: "csr_matrix"


@dataclass(frozen=True, eq=False)
class Task:
    """Rows of a corpus: what was liked and disliked, random other papers to learn from, and what is to be scored."""

    likes: Rows
    dislikes: Rows
    others: Rows
    papers: Rows

    @property
    def rest(self) -> Rows:
        """All that was not liked."""
        return np.concatenate([self.dislikes, self.others])


Baseline = Callable[[Corpus, Task], Array]


def words_of(texts: Sequence[str]) -> "csr_matrix":
    """TF-IDF of texts; a column of zeros where no text has a word that counts."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        return TfidfVectorizer(stop_words="english", sublinear_tf=True, dtype=np.float32).fit_transform(texts)
    except ValueError:  # an empty vocabulary
        return csr_matrix((len(texts), 1), dtype=np.float32)


def centroid(corpus: Corpus, task: Task) -> Array:
    """Words in common with the mean of the likes."""
    mean = np.asarray(corpus.words[task.likes].mean(axis=0)).ravel()
    return np.asarray(corpus.words[task.papers] @ mean, dtype=np.float64)


def linear_svc(corpus: Corpus, task: Task) -> Array:
    """Likes against everything else by their words: balanced, C = 0.01. Zeros where there are likes alone."""
    from sklearn.svm import LinearSVC

    if not len(task.rest):
        return np.zeros(len(task.papers))
    rows, labels = np.concatenate([task.likes, task.rest]), _labels(task)
    model = LinearSVC(class_weight="balanced", C=0.01, max_iter=2000, tol=1e-4, random_state=0)
    model.fit(corpus.words[rows], labels)
    return np.asarray(model.decision_function(corpus.words[task.papers]), dtype=np.float64)


def mean_similarity(corpus: Corpus, task: Task) -> Array:
    """The mean cosine to the likes."""
    vectors = corpus.vectors
    return np.asarray((vectors[task.papers] @ vectors[task.likes].T).mean(axis=1), dtype=np.float64)


def max_similarity(corpus: Corpus, task: Task) -> Array:
    """The cosine to the nearest like."""
    vectors = corpus.vectors
    return np.asarray((vectors[task.papers] @ vectors[task.likes].T).max(axis=1), dtype=np.float64)


def plain_regression(corpus: Corpus, task: Task) -> Array:
    """Logistic regression on the vectors, likes against everything else, balanced."""
    if not len(task.rest):
        return np.zeros(len(task.papers))
    rows, labels = np.concatenate([task.likes, task.rest]), _labels(task)
    weights = np.where(labels == 1, 0.5 / len(task.likes), 0.5 / len(task.rest)) * len(labels)
    fit = fit_logistic(corpus.vectors[rows], labels, weights, 1.0)
    return np.asarray(corpus.vectors[task.papers] @ fit.coefficients, dtype=np.float64)


def _labels(task: Task) -> Array:
    return np.concatenate([np.ones(len(task.likes)), np.zeros(len(task.rest))])


BASELINES: dict[str, Baseline] = {
    "TF-IDF centroid": centroid,
    "TF-IDF LinearSVC": linear_svc,
    "mean similarity": mean_similarity,
    "max similarity": max_similarity,
    "plain regression": plain_regression,
}
