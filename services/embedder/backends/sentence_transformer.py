"""Models that sentence-transformers runs, in this process; `bundled` is all-MiniLM-L6-v2 and needs no network."""

import contextlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from services.embedder.backends import Kind
from services.embedder.backends.model_files import model_location
from services.embedder.backends.prompts import prompt_of
from services.embedder.runtime.bfloat16 import Bfloat16Trial, cpu_flags, start_trial
from services.embedder.runtime.cores import available_cores
from services.embedder.runtime.int8 import cosines, use_int8_if_exact_and_faster
from services.embedder.runtime.openvino import CompiledTransformer, converted, is_installed
from services.embedder.runtime.sample_texts import SENTENCES
from shared.errors import PapersysError, SettingsError
from shared.settings.settings import ModelSettings

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

_LEAST_COSINE = 0.999


class Backend:
    """A sentence-transformers model on CPU or CUDA. torch is imported by `load`, not before: it takes seconds."""

    def __init__(self, model: ModelSettings, threads: int | None) -> None:
        self._settings = model
        self._threads = threads
        self._model: Any = None
        self._device = "cpu"
        self._autocast: torch.dtype | None = None
        self._trial: Bfloat16Trial | None = None
        self._compiled: CompiledTransformer | None = None

    @property
    def source(self) -> str:
        if self._compiled is not None:
            return f"sentence_transformer/openvino/{self._compiled.precision}"
        precision = "float32" if self._autocast is None else str(self._autocast).removeprefix("torch.")
        return f"sentence_transformer/{precision}"

    def load(self) -> None:
        # Waiting threads that spin would take the cores from the services beside this one.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        threads = self._threads or available_cores()
        self._open(threads)
        if self._device == "cpu" and self._settings.precision != "float16" and is_installed():
            self._compile(threads)
        self._choose_precision(threads)

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.floating[Any]]:
        if self._trial is not None and (pays := self._trial.pays()) is not None:
            self._trial = None
            if pays:
                self._use_bfloat16()
            else:
                self._use_int8_if_exact_and_faster()
        return self._encode(list(texts), kind, self._autocast)

    def close(self) -> None:
        self._model = self._compiled = None
        if self._trial is not None:
            self._trial.stop()

    def _open(self, threads: int) -> None:
        place = model_location(self._settings)
        is_local = Path(place).is_dir()
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        torch.set_num_threads(threads)
        self._device = _device(self._settings.device, torch.cuda.is_available())
        revision = None if is_local else self._settings.revision
        try:
            # Only safetensors: other weights are pickles.
            self._model = SentenceTransformer(
                place,
                device=self._device,
                revision=revision,
                local_files_only=is_local,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:
            raise PapersysError(
                f"The embedding model {self._settings.name!r} cannot be loaded ({' '.join(str(error).split())[:300]}); "
                "name a folder with the model, make its hub reachable, or use the model `bundled`."
            ) from error
        longest = self._model.max_seq_length
        self._model.max_seq_length = min(self._settings.max_length, longest or self._settings.max_length)

    def _encode(self, texts: list[str], kind: Kind, autocast: "torch.dtype | None") -> NDArray[np.floating[Any]]:
        with self._precision(autocast):
            vectors = self._model.encode(
                texts,
                prompt=prompt_of(self._settings, kind) or _prompt(self._model.prompts, kind),
                batch_size=self._settings.batch_size,
                convert_to_tensor=True,
                show_progress_bar=False,
            )
        return vectors.float().cpu().numpy()  # type: ignore[no-any-return]

    def _precision(self, autocast: "torch.dtype | None") -> contextlib.AbstractContextManager[Any]:
        import torch

        if autocast is None:
            return contextlib.nullcontext()
        autocasting: contextlib.AbstractContextManager[Any] = torch.autocast(self._device.split(":")[0], dtype=autocast)
        return autocasting

    def _choose_precision(self, threads: int) -> None:
        """`auto` is what is fastest here and keeps the vectors: bfloat16 (tried out beside work), int8 or float32."""
        import torch

        asked = self._settings.precision
        if asked == "int8" and self._compiled is None:
            raise SettingsError(
                f"Model {self._settings.name!r} is to run as int8, which OpenVINO does on a CPU, and it cannot here; "
                "install papersys[openvino], or set precision to auto."
            )
        if asked in ("bfloat16", "int8") and self._compiled is not None:
            self._compiled.use(asked)
        elif asked != "auto":
            self._autocast = None if asked == "float32" else getattr(torch, asked)
        elif self._device.startswith("cuda"):
            self._autocast = self._bfloat16_if_exact() if torch.cuda.is_bf16_supported() else None
        else:
            self._trial = start_trial(cpu_flags(), threads)
            if self._trial is None:
                self._use_int8_if_exact_and_faster()

    def _compile(self, threads: int) -> None:
        """Let OpenVINO run the transformer, where it can and gives the same vectors."""
        transformer = self._model[0].model
        plain = self._encode(list(SENTENCES), "passage", None)
        try:
            compiled = CompiledTransformer(converted(transformer), threads)
            transformer.forward = compiled.forward
            cosine = _least_cosine(plain, self._encode(list(SENTENCES), "passage", None))
            if cosine < _LEAST_COSINE:
                raise PapersysError(f"its vectors differ, cosine {cosine:.5f}")
        except Exception as error:
            vars(transformer).pop("forward", None)
            log.warning("OpenVINO cannot run this model (%s); torch does.", error, extra={"action": "not_compiled"})
            return
        self._compiled = compiled

    def _use_bfloat16(self) -> None:
        if self._compiled is None:
            self._autocast = self._bfloat16_if_exact()
            return
        plain = self._encode(list(SENTENCES), "passage", None)
        self._compiled.use("bfloat16")
        if _least_cosine(plain, self._encode(list(SENTENCES), "passage", None)) < _LEAST_COSINE:
            self._compiled.use("float32")

    def _use_int8_if_exact_and_faster(self) -> None:
        if self._compiled is not None:
            use_int8_if_exact_and_faster(self._compiled, lambda texts: self._encode(texts, "passage", None))

    def _bfloat16_if_exact(self) -> "torch.dtype | None":
        """None is float32."""
        import torch

        cosine = _least_cosine(
            self._encode(list(SENTENCES), "passage", None), self._encode(list(SENTENCES), "passage", torch.bfloat16)
        )
        if cosine < _LEAST_COSINE:
            facts = {"action": "precision_kept", "cosine": round(cosine, 5)}
            log.info("This model loses too much as bfloat16; it runs as float32.", extra=facts)
            return None
        log.info("The embedding model runs as bfloat16 from now on.", extra={"action": "precision_chosen"})
        return torch.bfloat16


def _device(asked: str, has_cuda: bool) -> str:
    if asked == "auto":
        return "cuda" if has_cuda else "cpu"
    if asked.startswith("cuda") and not has_cuda:
        raise SettingsError(
            f"The embedding model is to run on {asked!r}, but torch finds no CUDA device; set device to auto or cpu."
        )
    return asked


def _prompt(prompts: dict[str, str], kind: Kind) -> str | None:
    """What the model wants before a text of this kind; many want nothing."""
    names = ("query",) if kind == "query" else ("passage", "document")
    return next((prompts[name] for name in names if prompts.get(name)), None)


def _least_cosine(first: NDArray[np.floating[Any]], second: NDArray[np.floating[Any]]) -> float:
    return float(np.min(cosines(first, second)))
