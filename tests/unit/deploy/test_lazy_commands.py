"""What commands import before they answer: seconds of libraries for a look at something are a defect."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.bus.ports import free_port

ROOT = Path(__file__).parents[3]
LEARNING = {"torch", "sentence_transformers", "transformers", "sklearn", "scipy", "openvino", "matplotlib"}
SERVING = {"fastapi", "faststream", "uvicorn", "langgraph", "openai", "qdrant_client", "lxml", "apscheduler"}
READING = {"numpy", "pyarrow", "duckdb", "pandas"}
BUS = {"nats", "httpx"}
_RUN = """
import contextlib, io, json, sys
from deploy import cli
known = set()
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["papersys", *arguments]
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        cli.main()
    fresh = {name.partition(".")[0] for name in sys.modules} - known
    known |= fresh
    print("IMPORTED", json.dumps([" ".join(arguments), sorted(fresh)]))
"""


def imported_by(folder: Path, commands: list[str]) -> dict[str, set[str]]:
    """The libraries that each command imports beside those of the ones before it, where no system runs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")}
    environment |= {"PYTHONPATH": str(ROOT), "PAPERSYS_BUS__PORT": str(free_port()), "PAPERSYS_DATA__PATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, json.dumps([command.split() for command in commands])],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = [json.loads(line.removeprefix("IMPORTED")) for line in done.stdout.splitlines() if "IMPORTED" in line]
    assert [command for command, _ in said] == commands, done.stderr
    return {command: set(libraries) for command, libraries in said}


def test_commands_import_no_more_than_they_need(tmp_path: Path) -> None:
    """In one process, those that need least first: a start for each of them takes most of the time."""
    without = dict.fromkeys(["--version"], LEARNING | SERVING | READING | BUS)
    without |= dict.fromkeys(
        ["--help", "like 2403.12345", "dead list", "nats", "cost", "summarize 2403.12345"], LEARNING | SERVING | READING
    )
    without |= dict.fromkeys(
        ["status", "model list", "why 2403.12345", "best", "search graphs", "interests", "evaluate", "rank --dry-run",
         "llm list"],
        LEARNING | SERVING,
    )  # fmt: skip
    found = imported_by(tmp_path, list(without))
    assert "typer" in found["--version"] | found["--help"]
    assert {
        command: found[command] & without[command] for command in without if found[command] & without[command]
    } == {}
