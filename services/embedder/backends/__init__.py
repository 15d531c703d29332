"""Backends: one module each, with one class `Backend` that turns texts into vectors.

A new one is a module here whose `Backend(model, threads)` has what `Encoder` asks for, and a table
`[embedding.models.<alias>]` whose `backend` names the module.
"""

import importlib
import pkgutil
from collections.abc import Sequence
from typing import Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from shared.errors import SettingsError
from shared.settings.settings import ModelSettings

Kind = Literal["query", "passage"]
_NO_BACKENDS = {"model_files", "prompts", "vllm_child"}


class Encoder(Protocol):
    """A model. All calls come from one thread, `load` first."""

    @property
    def source(self) -> str:
        """What makes the vectors, as kept with each: backend and, where known, precision."""

    def load(self) -> None:
        """Get ready; may take long. Raises PapersysError that says what to do."""

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.floating[Any]]:
        """One row a text, in their order; any length, any float type.

        Raises TemporaryFailure with `retry_in_seconds` where the model is at fault and all texts wait; whatever else it
        raises may be about these texts, which `CheckedEncoder` finds out.
        """

    def close(self) -> None:
        """Give back what `load` took."""


def backend_names() -> list[str]:
    """The backends there are: the modules here but those that serve them."""
    return sorted({module.name for module in pkgutil.iter_modules(__path__)} - _NO_BACKENDS)


def open_encoder(model: ModelSettings, threads: int | None = None) -> Encoder:
    """The encoder that a model's table asks for, not loaded yet. Raises SettingsError on an unknown backend."""
    from services.embedder.backends.model_files import backend_of  # which needs this module's names

    backend = backend_of(model)
    if backend not in backend_names():
        raise SettingsError(
            f"There is no embedding backend {backend!r}; there are: {', '.join(backend_names())}. "
            "A new one is a module under services/embedder/backends."
        )
    module = importlib.import_module(f"{__name__}.{backend}")
    return cast(Encoder, module.Backend(model, threads))
