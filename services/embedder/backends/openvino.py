"""Models that were exported for OpenVINO, in this process and without torch; `name` is the folder of the files."""

import os
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from services.embedder.backends import Kind
from services.embedder.backends.model_files import exported_location
from services.embedder.backends.prompts import prompt_of
from services.embedder.runtime.cores import available_cores
from services.embedder.runtime.exported import ExportedModel
from services.embedder.runtime.int8 import use_int8_if_exact_and_faster
from services.embedder.runtime.openvino import Precision, is_installed
from shared.errors import SettingsError
from shared.settings.settings import ModelSettings


class Backend:
    """An exported model on the processor. `auto` is int8 where that is exact and faster, else float32."""

    def __init__(self, model: ModelSettings, threads: int | None) -> None:
        if not is_installed():
            raise SettingsError("The embedding backend 'openvino' needs OpenVINO; install papersys[openvino].")
        if model.precision == "float16" or model.device.startswith("cuda"):
            raise SettingsError(
                f"Model {model.name!r} is run by OpenVINO on the processor, as float32, bfloat16 or int8; "
                "set its device and precision to auto."
            )
        self._settings, self._threads = model, threads
        self._model: ExportedModel | None = None

    @property
    def source(self) -> str:
        return f"openvino/{self._model.transformer.precision if self._model else 'float32'}"

    def load(self) -> None:
        # Waiting threads that spin would take the cores from the services beside this one.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        threads = self._threads or available_cores()
        self._model = ExportedModel(exported_location(self._settings), self._settings.max_length, threads)
        asked = self._settings.precision
        if asked == "auto":
            use_int8_if_exact_and_faster(self._model.transformer, lambda texts: self.encode(texts, "passage"))
        elif asked != "float32":
            self._model.transformer.use(cast(Precision, asked))

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.floating[Any]]:
        prompt = prompt_of(self._settings, kind)
        return self._opened.encode([prompt + text for text in texts], self._settings.batch_size)

    @property
    def _opened(self) -> ExportedModel:
        if self._model is None:
            raise RuntimeError("load() comes before encode()")
        return self._model

    def close(self) -> None:
        self._model = None
