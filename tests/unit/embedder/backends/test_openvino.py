"""The backend without torch, with the bundled model exported by the one that has it."""

from pathlib import Path

import pytest

from services.embedder import export
from services.embedder.backends import model_files, open_encoder
from services.embedder.backends.openvino import Backend
from services.embedder.backends.sentence_transformer import Backend as WithTorch
from services.embedder.recipe import recipe_of
from services.embedder.runtime.exported import _batches
from services.embedder.runtime.int8 import cosines
from services.embedder.runtime.openvino import is_installed
from services.embedder.runtime.sample_texts import ABSTRACTS, SENTENCES
from shared.errors import PapersysError, SettingsError
from shared.settings.settings import ModelSettings

needs_openvino = pytest.mark.skipif(not is_installed(), reason="OpenVINO (extra `openvino`) is not installed")
TEXTS = [*SENTENCES, *ABSTRACTS, "x", "", "a galaxy far away " * 3_000]


@needs_openvino
@pytest.mark.proof
def test_an_exported_model_gives_the_vectors_of_torch_and_is_the_same_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_torch = WithTorch(ModelSettings(device="cpu", precision="float32"), 1)
    with_torch.load()
    recipe = recipe_of(ModelSettings())
    export.main(tmp_path)
    monkeypatch.setattr(model_files, "_EXPORTED", tmp_path)
    monkeypatch.setattr(model_files, "find_spec", lambda name: None)
    alone = open_encoder(ModelSettings(precision="float32"), 1)
    assert isinstance(alone, Backend)
    alone.load()
    assert alone.source == "openvino/float32"
    vectors = alone.encode(TEXTS, "passage")
    assert vectors.shape == (len(TEXTS), 384)
    assert cosines(vectors, with_torch.encode(TEXTS, "passage")).min() > 0.9999
    monkeypatch.setattr(model_files, "_PACKAGE", "no-such-package")
    assert recipe_of(ModelSettings()) == recipe, "its vectors may stand beside those of the model with torch"
    alone.close()


@needs_openvino
def test_a_folder_without_a_model_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(PapersysError, match=f"{tmp_path} holds no exported model"):
        Backend(ModelSettings(backend="openvino", name=str(tmp_path)), 1).load()


@needs_openvino
@pytest.mark.parametrize("table", [{"device": "cuda"}, {"precision": "float16"}])
def test_what_openvino_cannot_do_is_refused_at_once(table: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="set its device and precision to auto"):
        Backend(ModelSettings.model_validate({"backend": "openvino", "name": "/models/mine", **table}), 1)


def test_without_torch_and_without_an_export_the_missing_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "_EXPORTED", tmp_path)
    monkeypatch.setattr(model_files, "_PACKAGE", "no-such-package")
    with pytest.raises(PapersysError, match="install no-such-package"):
        recipe_of(ModelSettings())


def test_texts_of_like_length_are_computed_together_and_none_is_left_out() -> None:
    assert list(_batches([3, 9, 1, 5], 2)) == [[1, 3], [0, 2]]
    assert list(_batches([1, 1, 1], 2)) == [[0, 1], [2]]
