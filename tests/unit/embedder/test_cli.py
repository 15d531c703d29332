"""`papersys embed` and `verify`, as a person types them; the vectors are those of a small server."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.support.llm.embedding_server import embedding_server

SETTINGS = """
[data]
path = "data"
min_free_mb = 0
[bus]
port = {port}
[embedding]
model = "words"
[embedding.models.words]
name = "words"
backend = "openai"
dimension = 2
base_url = "{address}"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    moment = datetime(2026, 11, 2, tzinfo=UTC)
    MetadataStore(DataFolder(tmp_path / "data", 0)).put(
        Paper(
            paper_id=f"2611.{number:05}",
            version=1,
            title=f"On graphs {number}",
            abstract="Graphs.",
            authors=("A. Author",),
            categories=("cs.LG",),
            primary_category="cs.LG",
            published_at=moment,
            updated_at=moment,
        )
        for number in range(1, 4)
    )
    return tmp_path


def test_papers_are_counted_embedded_and_verified(folder: Path) -> None:
    with embedding_server("graphs") as server:
        (folder / "papersys.toml").write_text(SETTINGS.format(port=free_port(), address=server.base_url))
        dry = run_command("embed", "--dry-run")
        assert dry.out.splitlines() == [
            "3 papers without a current vector: no vectors for their year yet",
            "0 embedded, 0 failed.",
        ]
        assert run_command("embed", "--sample", "2").out.count("...") == 2
        assert run_command("embed", "--dry-run").out == dry.out
        done = run_command("embed")
        assert (done.code, done.out.splitlines()[-1]) == (0, "3 embedded, 0 failed.")
        assert run_command("verify", "embeddings").out == "All vectors are in order.\n"


def test_vectors_that_are_not_what_was_written_are_an_error(folder: Path) -> None:
    with embedding_server("graphs") as server:
        (folder / "papersys.toml").write_text(SETTINGS.format(port=free_port(), address=server.base_url))
        run_command("embed")
        (part,) = (folder / "data" / "embeddings").rglob("2026*.parquet")
        part.write_bytes(b"spoilt")
        done = run_command("verify", "embeddings")
    assert (done.code, "SHA-256 differs" in done.out, done.err) == (1, True, "")
