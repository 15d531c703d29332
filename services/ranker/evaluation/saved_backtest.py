"""The last replay of a user's ratings, kept with what it rests on: `state/ranker/<user>/replay.json`. Derived.

It takes seconds to make, and is the same until a rating, a vector of a judged paper, the embedding model, the settings
or the recipes change, or the papers that it is measured against become a quarter more.
"""

import contextlib
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from services.ranker.evaluation.backtest import Figures, Replay
from services.ranker.file_names import user_folder
from services.ranker.learning.taste import FORMAT
from services.ranker.settings import RankerSettings
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.preferences import Rating
from shared.store.vectors.joined_vectors import JoinedVectors

_RECIPES = 1
"""To be raised when the replay or one of the recipes changes."""
_GREW = math.log(1.25)


def key_of(ratings: Sequence[Rating], judged: Sequence[str], vectors: JoinedVectors, settings: RankerSettings) -> str:
    """Names all that a replay rests on."""
    said = [[one.paper_id, one.label, one.weight, one.occurred_at.isoformat()] for one in ratings]
    corpus = int(math.log(max(vectors.count(), 1)) / _GREW)
    text = json.dumps([_RECIPES, FORMAT, said, sorted(judged), vectors.made_by, corpus, settings.model_dump_json()])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class KeptReplay:
    """One file; what cannot be read is as none, and what cannot be written is made again next time."""

    def __init__(self, data: DataFolder, user: str) -> None:
        self._data = data
        self._path = data.path("state", "ranker", user_folder(user), "replay.json")

    def get(self, key: str) -> Replay | None:
        """The replay kept under this key; None where there is none, or another."""
        try:
            content: dict[str, Any] = json.loads(self._path.read_text("utf-8"))
            return _replay(content["replay"]) if content["key"] == key else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, replay: Replay) -> None:
        """Keep a replay in place of the last one."""
        with contextlib.suppress(PapersysError, OSError):
            self._data.write_text(self._path, json.dumps({"key": key, "replay": asdict(replay)}) + "\n")


def _replay(content: dict[str, Any]) -> Replay:
    figures = [Figures(**one) for one in content["figures"]]
    course = [(int(count), float(ours), float(base)) for count, ours, base in content["course"]]
    return Replay(figures, int(content["ratings"]), float(content["base_brier"]), course)
