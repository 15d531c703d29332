"""A transformer run by OpenVINO instead of torch: an extra (`pip install papersys[openvino]`), quicker on most CPUs.

As int8, the weights of the linear layers are kept as a byte each (per output channel, with a zero point), and their
inputs are rounded as they come, in groups of 128 of a token: "dynamic quantisation". Groups that small keep the vectors
(mean cosine above 0.999), which one scale for a whole tensor does not (0.98).
"""

import importlib.util
import logging
import sys
import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

Precision = Literal["float32", "bfloat16", "int8"]
_GROUP = 128
_HINTS: dict[Precision, dict[str, Any]] = {
    "float32": {"INFERENCE_PRECISION_HINT": "f32"},
    "bfloat16": {"INFERENCE_PRECISION_HINT": "bf16"},
    "int8": {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": _GROUP},
}


def is_installed() -> bool:
    """Whether OpenVINO can be imported."""
    return importlib.util.find_spec("openvino") is not None


def imported() -> Any:
    """OpenVINO, which tells its makers what is done with it unless it does not find the package for that."""
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino


def converted(transformer: Any) -> Any:
    """A transformers model of token ids and a mask as one of OpenVINO, whose result is the last hidden state."""
    import torch

    openvino = imported()
    example = {
        "input_ids": torch.ones(2, 7, dtype=torch.long),
        "attention_mask": torch.ones(2, 7, dtype=torch.long),
    }
    free = openvino.PartialShape([-1, -1])
    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's, of branches that a mask settles
        return openvino.convert_model(
            _hidden_states(transformer), example_input=example, input=[(name, free) for name in example]
        )


class CompiledTransformer:
    """Runs a model of OpenVINO as `converted` makes it; for one thread. torch is not needed but for `forward`."""

    def __init__(self, model: Any, threads: int) -> None:
        self._model = model
        self._core = imported().Core()
        self._threads = threads
        self.use("float32")

    def use(self, precision: Precision) -> None:
        """Compute so from now on."""
        how = {"INFERENCE_NUM_THREADS": self._threads, "NUM_STREAMS": 1, **_HINTS[precision]}
        model = _with_weights_as_bytes(self._model) if precision == "int8" else self._model
        self._request = self._core.compile_model(model, "CPU", how).create_infer_request()
        self.precision = precision

    def hidden_states(self, input_ids: NDArray[np.int64], attention_mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """The last hidden states (texts x tokens x dimension) of token ids and their mask (texts x tokens)."""
        states: NDArray[np.float32] = self._request.infer([input_ids, attention_mask])[0]
        return states

    def forward(self, input_ids: Any, attention_mask: Any, **_: Any) -> Any:
        """As the `forward` of the transformer that this takes the place of."""
        import torch
        from transformers.modeling_outputs import BaseModelOutput

        states = self.hidden_states(input_ids.numpy(), attention_mask.numpy())
        return BaseModelOutput(last_hidden_state=torch.from_numpy(states))


def _hidden_states(transformer: Any) -> Any:
    """The transformer with one tensor as its result, which is what can be converted."""
    import torch

    class HiddenStates(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    return HiddenStates().eval()


def _with_weights_as_bytes(model: Any) -> Any:
    """A copy of an OpenVINO model whose linear layers have their weights as bytes."""
    model = model.clone()
    for node in model.get_ops():
        weights = _weights_of(node)
        if weights is not None:
            _put_bytes(node, weights)
    return model


def _weights_of(node: Any) -> Any:
    """The constant (outputs, inputs) that a linear layer multiplies with; None for all other nodes."""
    if node.get_type_name() != "MatMul":
        return None
    source = node.input_value(1).get_node()
    if source.get_type_name() == "Convert":
        source = source.input_value(0).get_node()
    if source.get_type_name() != "Constant" or len(source.get_output_shape(0)) != 2:
        return None
    weights = source.get_data().astype(np.float32)
    return weights if node.get_attributes()["transpose_b"] else np.ascontiguousarray(weights.T)


def _put_bytes(node: Any, weights: Any) -> None:
    """Let a linear layer multiply with (bytes - zero) * scale, zero and scale per output."""
    opset13 = imported().opset13
    lowest = np.minimum(weights.min(axis=1, keepdims=True), 0)
    highest = np.maximum(weights.max(axis=1, keepdims=True), 0)
    scale = np.maximum((highest - lowest) / 255, np.finfo(np.float32).tiny).astype(np.float32)
    zero = np.round(-lowest / scale)
    levels = np.clip(np.round(weights / scale) + zero, 0, 255).astype(np.uint8)
    floats = [opset13.convert(opset13.constant(array), np.float32) for array in (levels, zero.astype(np.uint8))]
    restored = opset13.multiply(opset13.subtract(*floats), opset13.constant(scale))
    transposed = node.get_attributes()["transpose_a"]
    node.output(0).replace(opset13.matmul(node.input_value(0), restored.output(0), transposed, True).output(0))
