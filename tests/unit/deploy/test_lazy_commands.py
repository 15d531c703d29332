"""What commands import before they answer: seconds of libraries for a look at something are a defect."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ports import free_port

ROOT = Path(__file__).parents[3]
LEARNING = {"torch", "sentence_transformers", "transformers", "sklearn", "scipy", "openvino", "matplotlib"}
SERVING = {"fastapi", "faststream", "uvicorn", "langgraph", "openai", "qdrant_client", "lxml", "apscheduler"}
READING = {"numpy", "pyarrow", "duckdb", "pandas"}
_RUN = """
import sys
from deploy import cli
sys.argv = ["papersys", *sys.argv[1:]]
try:
    cli.main()
except SystemExit:
    pass
print("IMPORTED", *{name.partition(".")[0] for name in sys.modules})
"""


def imported_by(folder: Path, *arguments: str) -> set[str]:
    """The libraries that a command has imported at its end, where no system runs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")}
    environment |= {"PYTHONPATH": str(ROOT), "PAPERSYS_BUS__PORT": str(free_port()), "PAPERSYS_DATA__PATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return set(done.stdout.rpartition("IMPORTED")[2].split())


@pytest.mark.parametrize(
    ("arguments", "without"),
    [
        pytest.param(("--version",), LEARNING | SERVING | READING | {"nats", "httpx"}, id="--version"),
        pytest.param(("--help",), LEARNING | SERVING | READING, id="--help"),
        pytest.param(("like", "2403.12345"), LEARNING | SERVING | READING, id="like"),
        pytest.param(("dead", "list"), LEARNING | SERVING | READING, id="dead list"),
        pytest.param(("nats",), LEARNING | SERVING | READING, id="nats"),
        pytest.param(("status",), LEARNING | SERVING, id="status"),
        pytest.param(("model", "list"), LEARNING | SERVING, id="model list"),
        pytest.param(("why", "2403.12345"), LEARNING | SERVING, id="why"),
        pytest.param(("best",), LEARNING | SERVING, id="best"),
        pytest.param(("search", "graphs"), LEARNING | SERVING, id="search"),
        pytest.param(("interests",), LEARNING | SERVING, id="interests"),
        pytest.param(("evaluate",), LEARNING | SERVING, id="evaluate"),
        pytest.param(("rank", "--dry-run"), LEARNING | SERVING, id="rank"),
        pytest.param(("llm", "list"), LEARNING | SERVING, id="llm list"),
        pytest.param(("cost",), LEARNING | SERVING | READING, id="cost"),
        pytest.param(("summarize", "2403.12345"), LEARNING | SERVING | READING, id="summarize"),
    ],
)
def test_a_command_imports_no_more_than_it_needs(tmp_path: Path, arguments: tuple[str, ...], without: set[str]) -> None:
    found = imported_by(tmp_path, *arguments)
    assert "typer" in found
    assert not found & without
