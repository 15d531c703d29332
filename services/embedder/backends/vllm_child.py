"""The process that runs vLLM: one line of JSON in, one out, till the input ends.

It imports nothing of this program, since it may run in another Python environment, where only vLLM is.
"""

import json
import os
import sys
from typing import Any


def main() -> None:
    """The first request says how to open the model, the others are texts."""
    answer: dict[str, Any]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not come between answers
    model: Any = None
    max_length = 0
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if model is None:
                model, max_length, answer = _load_model(request), request["max_length"], {}
            else:
                answer = {"vectors": _encoded(model, max_length, request["texts"])}
        except ValueError as error:
            answer = {"error": str(error) or type(error).__name__, "permanent": True}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _load_model(request: dict[str, Any]) -> Any:
    # This is a process of its own already; processes of vLLM's would outlive it.
    os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
    import torch
    from vllm import LLM

    is_plain = request["precision"] == "auto" and not torch.cuda.is_available()
    return LLM(
        model=request["model"],
        revision=request["revision"],
        runner="pooling",
        max_model_len=request["max_length"],
        dtype="float32" if is_plain else request["precision"],
        gpu_memory_utilization=request["memory_share"],
        enforce_eager=True,
        distributed_executor_backend="uni",
    )


def _encoded(model: Any, max_length: int, texts: list[str]) -> list[list[float]]:
    """Texts are cut here: vLLM refuses those that are longer than the model's length."""
    tokens = model.get_tokenizer()(texts, truncation=True, max_length=max_length)["input_ids"]
    outputs = model.embed([{"prompt_token_ids": ids} for ids in tokens], use_tqdm=False)
    return [list(output.outputs.embedding) for output in outputs]


if __name__ == "__main__":
    main()
