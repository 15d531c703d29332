"""Whether two data folders hold the same: every byte of every dataset, but for times and ids that are drawn anew.

What differs between two runs of one history is when things were done (times of the run itself) and the ids that are
random: of harvests, of events, of calls. These are replaced by words; a harvest's id by its place among all harvests.
Numbers may differ by a hundred-thousandth: how an array lies in memory decides in which order its products are added,
and a fit that stops when little changes carries that into the sixth decimal of a score.
"""

import fnmatch
import json
import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

NOT_COMPARED = (
    "cache/*",
    "nats/*",
    "qdrant/*",
    "replays/*",
    "state/agent.sqlite*",
    "state/backup/*",
    "state/fetcher/gate.json",
    "state/locks/*",
    "state/logs/*",
    "state/processes.json",
    "state/ranker/*/kept/*",
    "state/ranker/*/model-*",
    "state/passages/*",
    "state/search/*",
    "state/selections/*",
    "state/sync/*",
    "*.lock",
    "*-shm",
    "*-wal",
)
"""Logs, locks, what is under way, what the tools keep of themselves, indexes, and models but for the one in use."""

_RUN = re.compile(r"\d{8}T\d{12}-[0-9a-f]{6}")
_DRAWN = re.compile(r"\b(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
"""Ids of events and of calls."""
_PORT = re.compile(r"127\.0\.0\.1:\d+")
_OF_TIMES = re.compile(r'("sha256": "|"milliseconds": |generated: "|model-)[0-9a-f.]+')
"""Hashes of files and pages that have times in them, and how long a fit took."""
_NUMBER = re.compile(r"(?<![\d.])(-?\d{1,3}\.\d+(?:e-?\d+)?)")
"""A score, a probability, a coordinate; an arXiv id has four digits before its point."""
_NEAR = 1e-5
_ARRIVALS = "state/ranker/arrivals/*"
_PAPERS_OF_EVENTS = ("arrived", "revised", "left")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?")


def differences(first: Path, second: Path, began: datetime) -> list[str]:
    """A line for each file that is not the same in both folders; times since `began` are not compared."""
    one, other = contents_of(first, began), contents_of(second, began)
    lines = [f"{name}: only in the first" for name in sorted(one.keys() - other.keys())]
    lines += [f"{name}: only in the second" for name in sorted(other.keys() - one.keys())]
    return lines + [
        f"{name}: {_first_difference(one[name], other[name])}"
        for name in sorted(one.keys() & other.keys())
        if not _is_same(one[name], other[name])
    ]


def _is_same(one: str, other: str) -> bool:
    """Whether two texts are the same but for rounding."""
    if one == other:
        return True
    left, right = _NUMBER.split(one), _NUMBER.split(other)
    if len(left) != len(right):
        return False
    parts = list(zip(left, right, strict=True))
    words_are_same = all(a == b for a, b in parts[::2])
    return words_are_same and all(math.isclose(float(a), float(b), abs_tol=_NEAR, rel_tol=0) for a, b in parts[1::2])


def contents_of(root: Path, began: datetime) -> dict[str, str]:
    """The masked content of each file by its masked name; of several with one name, their contents in order."""
    masked, contents = _Masked(root, began), defaultdict[str, list[str]](list)
    for path in (*_files(root), *_models_in_use(root)):
        name = path.relative_to(root).as_posix()
        text = masked.text(_text_of(path))
        contents[masked.text(name)].append(_arrived(text) if fnmatch.fnmatch(name, _ARRIVALS) else text)
    return {name: "".join(sorted(texts)) for name, texts in contents.items()}


def _arrived(text: str) -> str:
    """What has arrived of a harvest; its events come side by side, in any order."""
    events = [json.loads(line) for line in text.splitlines()]
    facts = {name: value for event in events for name, value in event.items() if not isinstance(value, list)}
    papers = {name: sorted({each for event in events for each in event.get(name, [])}) for name in _PAPERS_OF_EVENTS}
    return json.dumps(facts | papers, sort_keys=True)


class _Masked:
    def __init__(self, root: Path, began: datetime) -> None:
        names = sorted(path.stem for path in root.glob("state/fetcher/runs/*.json"))
        self._runs: Mapping[str, str] = {name: f"harvest-{number}" for number, name in enumerate(names, 1)}
        self._began = began

    def text(self, text: str) -> str:
        text = _RUN.sub(lambda match: self._runs.get(match[0], "unknown-run"), text)
        text = _OF_TIMES.sub(r"\1...", _DRAWN.sub("id", _PORT.sub("127.0.0.1", text)))
        return _TIME.sub(self._time, text)

    def _time(self, match: re.Match[str]) -> str:
        try:
            moment = datetime.fromisoformat(match[0])
        except ValueError:
            return match[0]
        began = self._began if moment.tzinfo else self._began.replace(tzinfo=None)
        return "time" if moment >= began else match[0]


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not any(fnmatch.fnmatch(name, pattern) for pattern in NOT_COMPARED):
            yield path


def _models_in_use(root: Path) -> Iterator[Path]:
    """The arrays that models of taste name; others are of earlier fits, whose number depends on the pace."""
    for path in sorted(root.glob("state/ranker/*/model.json")):
        yield path.parent / json.loads(path.read_bytes())["arrays"]


def _text_of(path: Path) -> str:
    """A file as text, its bytes one to one; of tables, arrays and databases what is in them, row by row."""
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as connection:
            return "\n".join(sorted(connection.iterdump()))
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            return "".join(json.dumps(row, default=str) + "\n" for row in file.read().to_pylist())
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            return "".join(f"{name} {_array(arrays[name])}\n" for name in sorted(arrays.files))
    return path.read_bytes().decode("latin-1")


def _array(array: "np.ndarray[Any, Any]") -> str:
    return json.dumps(array.tolist())


def _first_difference(one: str, other: str) -> str:
    lines = list(zip([*one.splitlines(), ""], [*other.splitlines(), ""], strict=False))
    for number, (left, right) in enumerate(lines, 1):
        if left != right:
            place = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), 0)
            start = max(0, place - 60)
            return f"line {number}: {left[start : place + 60]!r} / {right[start : place + 60]!r}"
    return "another length"
