"""The backend that runs models in this process, with the bundled model."""

from pathlib import Path

import numpy as np
import pytest

from services.embedder.backends import sentence_transformer
from services.embedder.backends.sentence_transformer import Backend
from services.embedder.runtime import int8
from services.embedder.runtime.openvino import is_installed
from services.embedder.runtime.sample_texts import ABSTRACTS, SENTENCES
from shared.errors import PapersysError, SettingsError
from shared.settings.settings import ModelSettings

MODULE = "services.embedder.backends.sentence_transformer"
needs_openvino = pytest.mark.skipif(not is_installed(), reason="OpenVINO (extra `openvino`) is not installed")


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(np.sum(one * other, axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1))


@pytest.mark.proof
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


@pytest.mark.proof
@needs_openvino
def test_openvino_gives_the_vectors_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ModelSettings(device="cpu", precision="float32")
    compiled = Backend(settings, 1)
    compiled.load()
    assert compiled.source == "sentence_transformer/openvino/float32"
    monkeypatch.setattr(f"{MODULE}.is_installed", lambda: False)
    plain = Backend(settings, 1)
    plain.load()
    assert plain.source == "sentence_transformer/float32"
    texts = [f"A paper about {n} things. " * n for n in (1, 3, 40)]
    assert cosines(compiled.encode(texts, "passage"), plain.encode(texts, "passage")).min() > 0.9999


@pytest.mark.proof
@needs_openvino
def test_as_int8_the_vectors_stay_almost_as_they_are() -> None:
    as_bytes, plain = (Backend(ModelSettings(device="cpu", precision=one), 1) for one in ("int8", "float32"))
    as_bytes.load()
    plain.load()
    assert as_bytes.source == "sentence_transformer/openvino/int8"
    abstracts = cosines(as_bytes.encode(ABSTRACTS, "passage"), plain.encode(ABSTRACTS, "passage"))
    assert 0.999 <= abstracts.mean() < 0.99999, "close, and yet not computed as float32"
    short = [*SENTENCES, "x", "graph neural networks", "\N{GREEK SMALL LETTER ALPHA}-stable processes " * 300]
    assert cosines(as_bytes.encode(short, "query"), plain.encode(short, "query")).min() >= 0.995


def without_trial(monkeypatch: pytest.MonkeyPatch, flags: set[str], loss: float, seconds: float) -> str:
    """What `auto` chooses on a processor with these flags, if int8 costs so much and takes so long (float32: 1 s)."""
    timed, plain_seconds = int8.timed, [1.0, seconds]

    def measured(encode: int8.Encode) -> tuple[np.ndarray, float]:
        vectors, _ = timed(encode)
        took = plain_seconds.pop(0)
        return vectors + np.roll(vectors, 1, axis=1) * (loss if not plain_seconds else 0.0), took

    monkeypatch.setattr(int8, "timed", measured)
    monkeypatch.setattr(int8, "_TIMED_RUNS", 1)
    for module in (int8, sentence_transformer):
        monkeypatch.setattr(module, "cpu_flags", lambda: flags)
    backend = Backend(ModelSettings(device="cpu"), 1)
    backend.load()
    return backend.source.rpartition("/")[2]


@needs_openvino
@pytest.mark.proof
@pytest.mark.parametrize(
    ("flags", "loss", "seconds", "expected"),
    [
        ({"avx512_vnni"}, 0.0, 0.5, "int8"),
        ({"avx_vnni"}, 0.0, 0.5, "int8"),
        ({"avx2"}, 0.0, 0.5, "float32"),
        ({"avx512_vnni"}, 0.2, 0.5, "float32"),
        ({"avx512_vnni"}, 0.0, 0.9, "float32"),
    ],
    ids=["it pays", "it pays on small cores", "no byte products", "vectors change", "hardly faster"],
)
def test_auto_is_int8_only_where_it_is_exact_and_faster(
    monkeypatch: pytest.MonkeyPatch, flags: set[str], loss: float, seconds: float, expected: str
) -> None:
    assert without_trial(monkeypatch, flags, loss, seconds) == expected


def test_int8_without_openvino_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MODULE}.is_installed", lambda: False)
    with pytest.raises(SettingsError, match=r"papersys\[openvino\]"):
        Backend(ModelSettings(device="cpu", precision="int8"), 1).load()
