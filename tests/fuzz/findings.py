"""What was found: for each fault one input and one traceback, in a folder of its own."""

import hashlib
import traceback
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


class Findings:
    """Keeps the first input of each fault; a fault is an error's type at a place of the project's code."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._known = {path.suffix for path in folder.iterdir()}

    def add(self, target: str, content: bytes, error: BaseException) -> None:
        place = place_of(error)
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


def place_of(error: BaseException) -> str:
    """The innermost line of the project's own code, tests left out where there is another.

    What takes too long is stopped somewhere in a loop: there the function is the place.
    """
    frames = [(Path(frame.filename), frame) for frame in traceback.extract_tb(error.__traceback__)]
    ours = [(path.relative_to(_ROOT), frame) for path, frame in frames if path.is_relative_to(_ROOT)]
    ours = [(path, frame) for path, frame in ours if not path.parts[0].startswith(".") and path.name != "child.py"]
    best = [found for found in ours if found[0].parts[0] != "tests"] or ours
    if not best:
        return "nowhere of ours"
    path, frame = best[-1]
    return f"{path}:{frame.lineno if isinstance(error, Exception) else frame.name}"
