"""What a model's file says of it; a stranger's file is refused, not believed."""

import struct
from pathlib import Path

import pytest

from services.summarizer.own_model.gguf_header import read_gguf
from shared.errors import PermanentFailure
from tests.support.llm.llama_server import write_gguf


def test_context_and_memory_of_a_token_are_read(tmp_path: Path) -> None:
    facts = read_gguf(write_gguf(tmp_path / "small.gguf"))
    assert (facts.name, facts.architecture, facts.context_length) == ("Small", "llama", 8192)
    assert facts.kv_bytes_per_token == 30 * 3 * (64 + 64) * 2
    assert facts.file_bytes == (tmp_path / "small.gguf").stat().st_size


def test_lengths_of_heads_that_are_said_count(tmp_path: Path) -> None:
    lengths = {"llama.attention.key_length": 128, "llama.attention.value_length": 96}
    assert read_gguf(write_gguf(tmp_path / "small.gguf", **lengths)).kv_bytes_per_token == 30 * 3 * (128 + 96) * 2


def test_lists_are_passed_over(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "small.gguf")
    content = path.read_bytes()
    (keys,) = struct.unpack("<Q", content[16:24])
    words = b"".join(struct.pack("<Q", 3) + b"abc" for _ in range(1000))
    name = struct.pack("<Q", 1) + b"w"
    texts = name + struct.pack("<IIQ", 9, 8, 1000) + words
    numbers = name + struct.pack("<IIQ", 9, 6, 5) + b"\0" * 20
    path.write_bytes(content[:16] + struct.pack("<Q", keys + 2) + texts + numbers + content[24:])
    assert read_gguf(path).context_length == 8192


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "does not begin"),
        (b"<html>", "does not begin"),
        (b"GGUF", "no GGUF file"),
        (b"GGUF" + struct.pack("<IQQ", 99, 0, 0), "version 99"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60), "keys"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 50), "text of"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"a" + struct.pack("<IIQ", 9, 8, 1 << 40), "list of"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"a" + struct.pack("<IIQ", 9, 9, 1), "list of lists"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"a" + struct.pack("<I", 77), "type 77"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 0), "architecture"),
    ],
)
def test_what_is_no_model_is_refused_with_a_reason(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(content)
    with pytest.raises(PermanentFailure, match=says):
        read_gguf(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PermanentFailure, match=r"gone\.gguf"):
        read_gguf(tmp_path / "gone.gguf")
