"""What decides a chunk's vector: the embedding model and how a chunk becomes a text."""

import itertools
import re

import numpy as np

from services.summarizer.qdrant.connection import Matrix, unit
from shared.settings.settings import ModelSettings
from shared.store.research.chunks import Chunk
from shared.store.vectors.manifest import Recipe

_TEXT = "mean of parts of 100 words, each after its headings"
_WORDS_A_PART = 100
_WORD = re.compile(r"\S+")


def recipe_of(model: ModelSettings) -> Recipe:
    """Not the backend, the device or the precision, which agree to a cosine of 0.999."""
    prompt = f"; after {model.passage_prompt!r}" if model.passage_prompt else ""
    return Recipe(model.name, model.revision, model.dimension, model.max_length, text=_TEXT + prompt)


def texts_of(chunk: Chunk) -> list[str]:
    """The texts whose vectors' mean is the chunk's: parts of like length, each under the chunk's headings.

    Models see the first 256 tokens or so of a text, and small ones tell little of a long one.
    """
    words = [match.span() for match in _WORD.finditer(chunk.text)]
    count = max(1, round(len(words) / _WORDS_A_PART))
    bounds = [len(words) * number // count for number in range(count + 1)]
    headings = "".join(f"{title}. " for title in chunk.titles)
    return [
        headings + chunk.text[words[start][0] : words[end - 1][1]] if end > start else headings or "-"
        for start, end in itertools.pairwise(bounds)
    ]


def mean_of(vectors: Matrix) -> Matrix:
    """The direction (d) of several vectors (n x d) together."""
    return unit(np.asarray(vectors.mean(axis=0), dtype=np.float32))
