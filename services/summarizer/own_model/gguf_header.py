"""What a GGUF file says of its model, from its header alone (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).

The file is a stranger's: counts and lengths in it are bounded before they are believed.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shared.errors import PermanentFailure

_MOST_KEYS, _LONGEST_KEY, _LONGEST_TEXT, _MOST_ITEMS = 10_000, 4_096, 16 << 20, 4_000_000
_SIZES = {0: "b", 1: "b", 2: "h", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_F16_BYTES = 2

Scalar = int | float | bool | str


@dataclass(frozen=True)
class GgufFacts:
    """A model: its name, the most tokens that it was trained to hold, and what one of them takes in the KV cache."""

    name: str
    architecture: str
    file_bytes: int
    context_length: int
    kv_bytes_per_token: int


class _NoGguf(ValueError):
    """The bytes are no header of a GGUF file."""


def read_gguf(path: Path) -> GgufFacts:
    """Raises PermanentFailure that says what is wrong with the file."""
    try:
        with path.open("rb") as file:
            facts = _facts(file)
        size = path.stat().st_size
    except OSError as error:
        raise PermanentFailure(f"The model {path} cannot be read: {error.strerror}; check llm.gguf.") from error
    except (_NoGguf, struct.error) as error:
        raise PermanentFailure(f"{path} is no GGUF file ({error}); check llm.gguf.") from error
    architecture = str(facts.get("general.architecture", ""))
    if not architecture:
        raise PermanentFailure(f"{path} holds no model (general.architecture is missing); check llm.gguf.")
    return GgufFacts(
        name=str(facts.get("general.name", path.stem)),
        architecture=architecture,
        file_bytes=size,
        context_length=_number(facts, f"{architecture}.context_length"),
        kv_bytes_per_token=_kv_bytes(facts, architecture),
    )


def _kv_bytes(facts: dict[str, Scalar], architecture: str) -> int:
    """Keys and values of all layers for one token, as 16-bit numbers; 0 where the header does not tell."""
    layers, heads = (
        _number(facts, f"{architecture}.block_count"),
        _number(facts, f"{architecture}.attention.head_count"),
    )
    kv_heads = _number(facts, f"{architecture}.attention.head_count_kv") or heads
    usual = _number(facts, f"{architecture}.embedding_length") // heads if heads else 0
    key = _number(facts, f"{architecture}.attention.key_length") or usual
    value = _number(facts, f"{architecture}.attention.value_length") or usual
    return layers * kv_heads * (key + value) * _F16_BYTES


def _number(facts: dict[str, Scalar], key: str) -> int:
    """A count of the header within reason, else 0."""
    value = facts.get(key, 0)
    return value if isinstance(value, int) and 0 < value < 1 << 24 else 0


def _facts(file: BinaryIO) -> dict[str, Scalar]:
    """The header's keys that are no arrays."""
    if file.read(4) != b"GGUF":
        raise _NoGguf("it does not begin with GGUF")
    version, _tensors, keys = _unpack(file, "<IQQ")
    if version not in (2, 3):
        raise _NoGguf(f"version {version} is not known")
    if keys > _MOST_KEYS:
        raise _NoGguf(f"it has {keys} keys")
    facts: dict[str, Scalar] = {}
    for _ in range(keys):
        name = _text(file, _LONGEST_KEY)
        kind = _unpack(file, "<I")[0]
        if kind == _ARRAY:
            _skip_array(file)
        else:
            facts[name] = _scalar(file, kind)
    return facts


def _scalar(file: BinaryIO, kind: int) -> Scalar:
    if kind == _STRING:
        return _text(file, _LONGEST_TEXT)
    if kind not in _SIZES:
        raise _NoGguf(f"type {kind} is not known")
    value: int | float | bool = _unpack(file, "<" + _SIZES[kind])[0]
    return value


def _skip_array(file: BinaryIO) -> None:
    kind, count = _unpack(file, "<IQ")
    if count > _MOST_ITEMS:
        raise _NoGguf(f"it has a list of {count} items")
    if kind in _SIZES:
        file.seek(struct.calcsize("<" + _SIZES[kind]) * count, 1)
    elif kind == _STRING:
        for _ in range(count):
            file.seek(_unpack(file, "<Q")[0] % (1 << 32), 1)
    else:
        raise _NoGguf("it has a list of lists")


def _text(file: BinaryIO, longest: int) -> str:
    length = _unpack(file, "<Q")[0]
    if length > longest:
        raise _NoGguf(f"it has a text of {length} bytes")
    return file.read(length).decode("utf-8", "replace")


def _unpack(file: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))
