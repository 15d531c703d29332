"""vLLM for real, where it is installed: here, or in the environment whose Python PAPERSYS_VLLM_PYTHON names."""

import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from services.embedder.backends import open_encoder
from services.embedder.backends.vllm import Backend
from shared.settings.settings import ModelSettings

PYTHON = os.environ.get("PAPERSYS_VLLM_PYTHON", "")
TEXTS = [
    "Attention is all you need. We propose a network based solely on attention mechanisms.",
    "A short proof.",
    "The Hubble constant from supernovae. We measure distances and find a tension.",
    "word " * 5_000,
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        not PYTHON and importlib.util.find_spec("vllm") is None,
        reason="vLLM is not installed; PAPERSYS_VLLM_PYTHON may name a Python that has it",
    ),
]


def test_vllm_gives_the_vectors_of_sentence_transformers_and_comes_back_after_a_crash() -> None:
    plain = open_encoder(ModelSettings(device="cpu", precision="float32"))
    plain.load()
    wanted = plain.encode(TEXTS, "passage")
    plain.close()

    settings = ModelSettings(backend="vllm", precision="float32", python=Path(PYTHON) if PYTHON else None)
    backend = open_encoder(settings)
    assert isinstance(backend, Backend)
    backend.load()
    found = backend.encode(TEXTS, "passage")
    assert backend._child is not None
    backend._child.kill()
    again = backend.encode(TEXTS, "passage")
    cosines = np.sum(wanted * found, axis=1) / np.linalg.norm(wanted, axis=1) / np.linalg.norm(found, axis=1)
    print("cosines to sentence-transformers:", cosines.round(6).tolist())
    backend.close()
    assert cosines.min() >= 0.999
    np.testing.assert_allclose(again, found, atol=1e-4)
    assert "vllm" not in sys.modules
