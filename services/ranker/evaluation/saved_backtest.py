"""The last backtest of a user's ratings, saved under a key of its inputs: `state/ranker/<user>/backtest.json`. Derived.

It takes seconds to make, and is the same until a rating, a vector of a rated paper, the embedding model, the settings
or the methods change, or there are a quarter more papers to rank among.
"""

import contextlib
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from services.ranker.evaluation.backtest import Backtest, Metrics
from services.ranker.file_names import user_folder
from services.ranker.learning.taste import FORMAT
from services.ranker.settings import RankerSettings
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import Rating
from shared.store.vectors.joined_vectors import JoinedVectors

_METHODS = 2
"""To be raised when the backtest or one of the methods changes."""
_GREW = math.log(1.25)


def key_of(ratings: Sequence[Rating], judged: Sequence[str], vectors: JoinedVectors, settings: RankerSettings) -> str:
    """Names all that a backtest depends on."""
    given = [[rating.paper_id, rating.label, rating.weight, rating.occurred_at.isoformat()] for rating in ratings]
    corpus = int(math.log(max(vectors.count(), 1)) / _GREW)
    chosen = settings.model_dump_json(exclude={"use_signals"})  # a backtest is without signals
    text = json.dumps([_METHODS, FORMAT, given, sorted(judged), vectors.made_by, corpus, chosen])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class SavedBacktest:
    """One file; one that cannot be read counts as none, what cannot be written is computed again."""

    def __init__(self, data: DataFolder, user: str) -> None:
        self._data = data
        self._path = data.path("state", "ranker", user_folder(user), "backtest.json")

    def get(self, key: str) -> Backtest | None:
        """The backtest saved under this key; None where there is none, or another."""
        try:
            content: dict[str, Any] = json.loads(self._path.read_text("utf-8"))
            return _backtest(content["backtest"]) if content["key"] == key else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, backtest: Backtest) -> None:
        """Save a backtest in place of the last one, and remove a file of the old name."""
        with contextlib.suppress(PapersysError, OSError):
            self._path.with_name("replay.json").unlink(missing_ok=True)
            self._data.write_text(self._path, json.dumps({"key": key, "backtest": asdict(backtest)}) + "\n")


def _backtest(content: dict[str, Any]) -> Backtest:
    metrics = [Metrics(**values) for values in content["metrics"]]
    curve = [(int(count), float(ours), float(base)) for count, ours, base in content["learning_curve"]]
    return Backtest(metrics, int(content["ratings"]), float(content["base_brier"]), curve)
