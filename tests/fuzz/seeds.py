"""Where inputs begin: files of the demo's corpus, and the real ones where they are."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_REAL = Path(os.environ.get("PAPERSYS_REAL_DATA", _ROOT.parent / "shared" / "data"))
_MOST_FILES = 40


def files(*patterns: str, most_bytes: int = 60_000, written: Iterable[bytes] = ()) -> Callable[[], Iterator[bytes]]:
    """The texts given, then files of the corpus and of the real data whose path fits, each cut at `most_bytes`."""

    def read() -> Iterator[bytes]:
        yield from written
        for pattern in patterns:
            found = sorted((*(_ROOT / "deploy" / "demo" / "corpus").glob(pattern), *_REAL.glob(pattern)))
            for path in found[:_MOST_FILES]:
                if path.is_file():
                    yield path.read_bytes()[:most_bytes]

    return read
