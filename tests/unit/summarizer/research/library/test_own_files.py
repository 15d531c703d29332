"""What counts as a person's own paper."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from services.summarizer.research.library import own_files
from services.summarizer.research.library.own_files import plain_file_name, read_own_file, suffix_of
from shared.errors import PermanentFailure


def tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("main.tex"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (b"%PDF-1.7 ...", ".pdf"),
        (b"\\documentclass{article}", ".tex"),
        (b"\x1f\x8b\x08...", ".gz"),
        (tar(), ".tar"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----", None),
        (b"root:x:0:0:root:/root:/bin/bash", None),
        (b"<html>\\documentclass</html>\0", None),
        (b"", None),
    ],
)
def test_a_paper_is_known_by_its_bytes(content: bytes, suffix: str | None) -> None:
    assert suffix_of(content) == suffix


def test_what_is_no_paper_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("secret")
    os.mkfifo(tmp_path / "pipe")
    for name, why in (("key", "neither a PDF nor TeX"), ("pipe", "no file"), (".", "a folder"), ("gone", "no file")):
        with pytest.raises(PermanentFailure, match=why):
            read_own_file(tmp_path / name)
    monkeypatch.setattr(own_files, "MAX_LOCAL_BYTES", 3)
    with pytest.raises(PermanentFailure, match="larger than"):
        read_own_file(tmp_path / "key")


def test_a_file_name_is_shown_plain() -> None:
    assert plain_file_name(Path("/tmp/a\x1b[31m\u202eb.pdf")) == "a[31mb.pdf"
    assert len(plain_file_name(Path("x" * 500))) <= 120
