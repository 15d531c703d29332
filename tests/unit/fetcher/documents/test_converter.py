import time
from pathlib import Path

import psutil
import pytest

from services.fetcher.documents.converter import Converter, convert_here, job_for
from shared.errors import TemporaryFailure
from tests.support.arxiv.demo import demo_settings

pytestmark = pytest.mark.attack

WORDS = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(120))


def test_a_macro_bomb_ends_in_time(tmp_path: Path) -> None:
    bomb = r"\documentclass{article}\def\a{" + r"\b" * 40 + r"}\def\b{" + r"\c" * 40 + r"}\def\c{" + r"\d" * 40
    bomb += r"}\def\d{" + r"\e" * 40 + r"}\def\e{x x x x}\begin{document}" + WORDS + r"\a\end{document}"
    path = tmp_path / "bomb.tex"
    path.write_text(bomb)
    started = time.monotonic()
    outcome = Converter().convert(job_for(path, demo_settings(converter_seconds=4, converter_memory_mb=1_000)))
    assert time.monotonic() - started < 30
    assert outcome.status in ("converted", "unreadable")


def test_no_child_is_left_behind_by_a_conversion_that_takes_too_long(tmp_path: Path) -> None:
    path = tmp_path / "slow.html"
    path.write_text("<html><body>" + "<div>" * 200_000 + "x" + "</div>" * 200_000 + "</body></html>")
    started = time.monotonic()
    outcome = Converter().convert(job_for(path, demo_settings(converter_seconds=3, converter_memory_mb=700)))
    assert time.monotonic() - started < 30
    assert outcome.detail
    assert [child.name() for child in psutil.Process().children(recursive=True) if "pandoc" in child.name()] == []


def test_a_converter_that_is_closed_starts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "paper.tex"
    path.write_text(WORDS)
    converter = Converter()
    converter.close()
    with pytest.raises(TemporaryFailure, match="stopping"):
        converter.convert(job_for(path, demo_settings()))


def test_a_job_takes_what_the_settings_allow_and_no_more_time_than_is_left(tmp_path: Path) -> None:
    settings = demo_settings(converter_seconds=60, document_max_mb=2)
    job = job_for(tmp_path / "a", settings)
    assert (job.seconds, job.max_bytes, job.memory_mb) == (60, 2 * 1024**2, 3_000)
    assert job_for(tmp_path / "a", settings, seconds=5).seconds == 5


def test_a_source_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.tex"
    path.write_bytes(b"x" * (1024**2 + 1))
    outcome = convert_here(job_for(path, demo_settings(document_max_mb=1)))
    assert (outcome.status, outcome.detail) == ("too_large", "the source is larger than 1 MB")
