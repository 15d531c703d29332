"""A transformer run by OpenVINO instead of torch: an extra (`pip install papersys[openvino]`), quicker on most CPUs."""

import importlib.util
import logging
import sys
from typing import Any, Literal

log = logging.getLogger(__name__)

Precision = Literal["float32", "bfloat16"]
_HINTS: dict[Precision, str] = {"float32": "f32", "bfloat16": "bf16"}


def is_installed() -> bool:
    """Whether OpenVINO can be imported."""
    return importlib.util.find_spec("openvino") is not None


class CompiledTransformer:
    """The last hidden state of a transformers model of token ids and a mask; for one thread."""

    def __init__(self, transformer: Any, threads: int) -> None:
        # OpenVINO's converter tells its makers what it converts, unless it does not find the package for that.
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
        import openvino
        import torch

        example = {
            "input_ids": torch.ones(2, 7, dtype=torch.long),
            "attention_mask": torch.ones(2, 7, dtype=torch.long),
        }
        free = openvino.PartialShape([-1, -1])
        with torch.inference_mode(False), torch.no_grad():
            self._model = openvino.convert_model(
                _hidden_states(transformer), example_input=example, input=[(name, free) for name in example]
            )
        self._core = openvino.Core()
        self._threads = threads
        self.use("float32")

    def use(self, precision: Precision) -> None:
        """Compute so from now on."""
        how = {
            "INFERENCE_NUM_THREADS": self._threads,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": _HINTS[precision],
        }
        self._request = self._core.compile_model(self._model, "CPU", how).create_infer_request()
        self.precision = precision

    def forward(self, input_ids: Any, attention_mask: Any, **_: Any) -> Any:
        """As the `forward` of the transformer that this takes the place of."""
        import torch
        from transformers.modeling_outputs import BaseModelOutput

        found = self._request.infer([input_ids.numpy(), attention_mask.numpy()])
        return BaseModelOutput(last_hidden_state=torch.from_numpy(found[0]))


def _hidden_states(transformer: Any) -> Any:
    """The transformer with one tensor as its result, which is what can be converted."""
    import torch

    class HiddenStates(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    return HiddenStates().eval()
