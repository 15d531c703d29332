"""The backend that runs models in this process, with the bundled model."""

from pathlib import Path

import numpy as np
import pytest

from services.embedder.backends.sentence_transformer import Backend
from services.embedder.compiled import is_installed
from shared.errors import PapersysError
from shared.settings import ModelSettings


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(np.sum(one * other, axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1))


def test_texts_of_any_length_have_a_vector_and_long_ones_that_of_their_beginning() -> None:
    backend = Backend(ModelSettings(device="cpu", precision="float32"), 1)
    backend.load()
    long = "a galaxy far away " * 6_000
    vectors = backend.encode([long[:100_000], long[:5_000], "x", ""], "passage")
    assert vectors.shape == (4, 384)
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)
    backend.close()


def test_a_folder_without_a_model_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PapersysError, match=r"cannot be loaded .* name a folder with the model"):
        Backend(ModelSettings(name=str(tmp_path), device="cpu", precision="float32"), 1).load()


@pytest.mark.skipif(not is_installed(), reason="OpenVINO (extra `openvino`) is not installed")
def test_openvino_gives_the_vectors_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ModelSettings(device="cpu", precision="float32")
    compiled = Backend(settings, 1)
    compiled.load()
    assert compiled.source == "sentence_transformer/openvino/float32"
    monkeypatch.setattr("services.embedder.backends.sentence_transformer.is_installed", lambda: False)
    plain = Backend(settings, 1)
    plain.load()
    assert plain.source == "sentence_transformer/float32"
    texts = [f"A paper about {n} things. " * n for n in (1, 3, 40)]
    assert cosines(compiled.encode(texts, "passage"), plain.encode(texts, "passage")).min() > 0.9999
