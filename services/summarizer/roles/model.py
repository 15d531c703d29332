"""How likely each sentence of an abstract is the one that states its problem, its task, its method and so on.

A conditional logit for each role: the sentences of an abstract compete, and against them that none of them does it.
The weights were fitted to labels that a language model gave to CC0 abstracts (see training.py and docs/extraction.md);
reading them needs numpy alone.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import numpy as np

from services.summarizer.roles.features import Array, feature_names, features_of, words_of

Role = Literal["problem", "task", "method", "result", "limitation"]
ROLES: tuple[Role, ...] = ("problem", "task", "method", "result", "limitation")
WEIGHTS = "weights.npz"


@dataclass(frozen=True)
class RoleProbabilities:
    """`of[role][i]`: the probability that sentence i is its abstract's best for a role; `none[role]`: that none is."""

    of: dict[Role, Array]
    none: dict[Role, float]


@dataclass(frozen=True)
class RoleModel:
    """`weights` has a row a feature, then one a word, and a column a role; `none` is the logit of no sentence."""

    vocabulary: dict[str, int]
    weights: Array
    none: Array

    def probabilities(self, sentences: Sequence[str]) -> RoleProbabilities:
        logits = np.vstack([self._logits(sentences), self.none])
        shares = np.exp(logits - logits.max(axis=0))
        shares /= shares.sum(axis=0)
        columns = {role: shares[:, column] for column, role in enumerate(ROLES)}
        return RoleProbabilities(
            {role: column[:-1] for role, column in columns.items()},
            {role: float(column[-1]) for role, column in columns.items()},
        )

    def _logits(self, sentences: Sequence[str]) -> Array:
        features = features_of(sentences)
        rows, of_words = self.weights[: features.shape[1]], self.weights[features.shape[1] :]
        known = ([self.vocabulary[word] for word in words_of(text) if word in self.vocabulary] for text in sentences)
        words = np.array([of_words[sorted(places)].sum(axis=0) for places in known]).reshape(len(sentences), len(ROLES))
        logits: Array = features @ rows + words
        return logits

    def to_bytes(self) -> bytes:
        """An .npz without pickles; the words are one text, one a line."""
        out = io.BytesIO()
        np.savez_compressed(
            out,
            allow_pickle=False,
            features=_lines(feature_names()),
            words=_lines(self.vocabulary),
            weights=self.weights.astype(np.float16),
            none=self.none,
        )
        return out.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "RoleModel":
        """Raises ValueError for weights of other features than today's."""
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            if _read_lines(arrays["features"]) != feature_names():
                raise ValueError(f"{WEIGHTS} was fitted to other features; fit it again (roles/training.py)")
            vocabulary = {word: place for place, word in enumerate(_read_lines(arrays["words"]))}
            return cls(vocabulary, arrays["weights"].astype(float), arrays["none"].astype(float))


@lru_cache(maxsize=1)
def shipped_model() -> RoleModel:
    """The model that comes with papersys; read once."""
    return RoleModel.from_bytes(files(__package__).joinpath(WEIGHTS).read_bytes())


def _lines(texts: Sequence[str] | dict[str, int]) -> np.ndarray:
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def _read_lines(array: np.ndarray) -> list[str]:
    return array.tobytes().decode().split("\n")
