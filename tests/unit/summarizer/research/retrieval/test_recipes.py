"""How a chunk becomes a vector."""

import numpy as np

from services.summarizer.research.retrieval.recipes import mean_of, recipe_of, texts_of
from shared.settings.settings import ModelSettings
from tests.unit.shared.store.research.test_chunks import chunks_of


def test_a_long_chunk_is_embedded_in_parts_each_after_its_headings() -> None:
    chunk = chunks_of("2601.00001")[0].model_copy(update={"text": " ".join(f"w{n}" for n in range(210))})
    texts = texts_of(chunk)
    assert [text.startswith("Method. Part 0. ") for text in texts] == [True, True]
    words = [text.removeprefix("Method. Part 0. ").split() for text in texts]
    assert [len(part) for part in words] == [105, 105]
    assert " ".join(word for part in words for word in part) == chunk.text


def test_a_short_chunk_is_one_text_and_one_without_words_its_headings() -> None:
    chunk = chunks_of("2601.00001")[0]
    assert len(texts_of(chunk)) == 1
    assert texts_of(chunk.model_copy(update={"text": " ", "titles": ()})) == ["-"]


def test_the_mean_has_length_1() -> None:
    assert np.allclose(mean_of(np.eye(2, dtype=np.float32)), [0.5**0.5] * 2)


def test_another_model_or_revision_is_another_recipe() -> None:
    recipes = {recipe_of(ModelSettings(**facts)) for facts in ({}, {"revision": "2"}, {"passage_prompt": "p: "})}
    assert len(recipes) == 3
