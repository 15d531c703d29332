"""A model as files that OpenVINO and `tokenizers` run without torch: `model.xml`, `model.bin`, tokenizer, `model.json`.

Written where torch is, when an image without it is built: `python -m services.embedder.export FOLDER`.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from services.embedder.runtime.openvino import CompiledTransformer, converted, imported
from shared.errors import PapersysError
from shared.settings.settings import ModelSettings

FACTS = "model.json"
_MODEL, _TOKENIZER = "model.xml", "tokenizer.json"


@dataclass(frozen=True)
class Facts:
    """What is to be known of an exported model: whose copy it is, its longest text in tokens, how tokens are pooled."""

    revision: str
    max_length: int
    pooling: Literal["mean", "cls"]


class ExportedModel:
    """An exported model, opened. Raises PapersysError where files are missing or cannot be read."""

    def __init__(self, folder: Path, longest: int, threads: int) -> None:
        try:
            self._pooling = facts_of(folder).pooling
            self._tokenizer = _tokenizer(folder, min(longest, facts_of(folder).max_length))
            self.transformer = CompiledTransformer(_model(folder), threads)
        except Exception as error:
            raise PapersysError(
                f"{folder} holds no exported model that can be read ({' '.join(str(error).split())[:300]}); "
                "export it again, or name another model."
            ) from error

    def encode(self, texts: list[str], at_once: int) -> NDArray[np.float32]:
        """One vector of length 1 a text, in their order; texts of like length are computed together, `at_once` each."""
        tokens = self._tokenizer.encode_batch(texts)
        rows: dict[int, NDArray[np.float32]] = {}
        for batch in _batches([len(one.ids) for one in tokens], at_once):
            width = len(tokens[batch[0]].ids)
            ids, mask = np.zeros((2, len(batch), width), np.int64)
            for row, number in enumerate(batch):
                ids[row, : len(tokens[number].ids)] = tokens[number].ids
                mask[row, : len(tokens[number].ids)] = 1
            rows |= dict(zip(batch, self._pooled(self.transformer.hidden_states(ids, mask), mask), strict=True))
        return np.array([rows[number] for number in range(len(texts))], np.float32)

    def _pooled(self, states: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        weights = mask[:, :, None].astype(np.float32)
        vectors = states[:, 0] if self._pooling == "cls" else (states * weights).sum(axis=1) / weights.sum(axis=1)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def facts_of(folder: Path) -> Facts:
    """What an exported model says of itself. Raises OSError, ValueError, TypeError where it says nothing."""
    return Facts(**json.loads((folder / FACTS).read_text()))


def export(model: ModelSettings, source: Path, revision: str, folder: Path) -> None:
    """Write a sentence-transformers model whose files lie in `source`; its vectors stay as they are but for rounding.

    Weights are kept in 16 bits and computed in 32. Raises PapersysError for a model that pools in another way.
    """
    from sentence_transformers import SentenceTransformer

    opened = SentenceTransformer(str(source), device="cpu", model_kwargs={"use_safetensors": True})
    folder.mkdir(parents=True, exist_ok=True)
    facts = Facts(revision, min(model.max_length, opened.max_seq_length or model.max_length), _pooling_of(source))
    opened.tokenizer.backend_tokenizer.save(str(folder / _TOKENIZER))
    imported().save_model(converted(opened[0].model), folder / _MODEL, compress_to_fp16=True)
    (folder / FACTS).write_text(json.dumps(asdict(facts)) + "\n")
    for name in ("README.md", "LICENSE"):
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)


def _pooling_of(source: Path) -> Literal["mean", "cls"]:
    said: dict[str, Any] = json.loads((source / "1_Pooling" / "config.json").read_text())
    chosen = sorted(name for name, is_used in said.items() if name.startswith("pooling_mode_") and is_used)
    if chosen == ["pooling_mode_mean_tokens"]:
        return "mean"
    if chosen == ["pooling_mode_cls_token"]:
        return "cls"
    raise PapersysError(f"{source} pools its tokens by {', '.join(chosen)}; only mean and cls can be exported.")


def _tokenizer(folder: Path, longest: int) -> Any:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    return tokenizer


def _model(folder: Path) -> Any:
    return imported().Core().read_model(folder / _MODEL)


def _batches(lengths: list[int], at_once: int) -> Iterator[list[int]]:
    """The numbers of texts, the longest first, so many at once."""
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    for start in range(0, len(order), at_once):
        yield order[start : start + at_once]
