"""What was found: for each fault one input and one traceback, in a folder of its own."""

import hashlib
import traceback
from pathlib import Path
from types import TracebackType

_ROOT = Path(__file__).resolve().parents[2]


class Findings:
    """Keeps the first input of each fault; a fault is an error's type at a place of the project's code."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._known = {path.suffix for path in folder.iterdir()}

    def add(self, target: str, content: bytes, error: BaseException) -> None:
        place = place_of(error.__traceback__)
        key = hashlib.sha256(f"{target} {type(error).__name__} {place}".encode()).hexdigest()[:12]
        if f".{key}" in self._known:
            return
        self._known.add(f".{key}")
        said = "".join(traceback.format_exception(error, limit=-25))[-20_000:]
        self._write(f"{target}.{key}", content, f"{target}: {type(error).__name__} at {place}\n\n{said}")

    def add_death(self, target: str, content: bytes, why: str) -> None:
        """An input that ended its whole process; two such are told apart by their bytes alone."""
        self._write(f"{target}.{hashlib.sha256(content).hexdigest()[:12]}", content, f"{target}: {why}\n")

    def _write(self, name: str, content: bytes, said: str) -> None:
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        (folder / "input").write_bytes(content)
        (folder / "traceback.txt").write_text(said, "utf-8", "replace")


def place_of(trace: TracebackType | None) -> str:
    """The innermost line of the project's own code, tests left out where there is another."""
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(trace)]
    ours = [(path.relative_to(_ROOT), line) for path, line in frames if path.is_relative_to(_ROOT)]
    ours = [(path, line) for path, line in ours if not path.parts[0].startswith(".")]
    best = [found for found in ours if found[0].parts[0] != "tests"] or ours
    return f"{best[-1][0]}:{best[-1][1]}" if best else "nowhere of ours"
