"""Fitted tastes on disk: `state/ranker/<user>/model.json`, which names a file of plain numpy arrays. No pickle.

model.json is the commit point and is meant to be read by people: when, from how many verdicts, in which regime.
"""

import hashlib
import io
import json
import logging
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from services.ranker.file_names import file_name
from services.ranker.regression import Regression
from services.ranker.similarity import Pool
from services.ranker.taste import FORMAT, Scale, Taste
from shared.store.files import DataFolder

log = logging.getLogger(__name__)

_POOLS = ("likes", "dislikes", "seeds")


class ModelFiles:
    """The newest taste of each user; one that only reads keeps nothing."""

    def __init__(self, data: DataFolder, *, only_reads: bool = False) -> None:
        self._data = data
        self._only_reads = only_reads

    def save(self, taste: Taste, milliseconds: float) -> None:
        """Store a taste in place of the user's earlier one; readers see the one or the other."""
        if not self._only_reads:
            with self._data.lock("ranker-models"):
                self._save(taste, milliseconds)

    def _save(self, taste: Taste, milliseconds: float) -> None:
        content = _packed(_arrays(taste))
        digest = hashlib.sha256(content).hexdigest()
        name = f"model-{digest[:16]}.npz"
        folder = self._folder(taste.user)
        self._data.write_bytes(folder / name, content)
        record = {**_record(taste), "milliseconds": round(milliseconds, 1), "arrays": name, "sha256": digest}
        self._data.write_text(folder / "model.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        for old in folder.glob("model-*.npz"):
            if old.name != name:
                old.unlink(missing_ok=True)

    def load(self, user: str, dimension: int) -> Taste | None:
        """The stored taste; None where there is none, or where it cannot be used, which the log then says."""
        path = self._folder(user) / "model.json"
        try:
            return _unpacked(path, dimension)
        except FileNotFoundError:
            if path.exists():
                _say_unusable(user, path, "its arrays are gone")
        except Exception as error:
            _say_unusable(user, path, f"{type(error).__name__}: {error}")
        return None

    def _folder(self, user: str) -> Path:
        return self._data.path("state", "ranker", file_name(user))


def _say_unusable(user: str, path: Path, why: str) -> None:
    facts = {"action": "model_refused", "user": user}
    log.warning("The model in %s cannot be used (%s); it is learned again.", path, why, extra=facts)


def _arrays(taste: Taste) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    for name in _POOLS:
        pool: Pool = getattr(taste, name)
        arrays |= {f"{name}_vectors": pool.vectors, f"{name}_weights": pool.weights}
    if taste.regression is not None:
        arrays |= {f"regression_{name}": value for name, value in vars(taste.regression).items()}
    return arrays


def _packed(arrays: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def _record(taste: Taste) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "user": taste.user,
        "fitted_at": taste.fitted_at.isoformat(),
        "regime": taste.regime,
        "regression_share": taste.regression_share,
        "verdicts": taste.verdicts,
        "likes": len(taste.likes),
        "dislikes": len(taste.dislikes),
        "without_vector": len(taste.missing),
        "seeds": len(taste.seeds),
        "model": taste.model,
        "dimension": taste.dimension,
        "fingerprint": taste.fingerprint,
        "corpus": taste.corpus,
        "random_negatives": taste.sampled,
        "scale": asdict(taste.scale) if taste.scale else None,
        "names": {name: list(getattr(taste, name).names) for name in _POOLS},
        "missing": list(taste.missing),
    }


def _unpacked(path: Path, dimension: int) -> Taste:
    record = json.loads(path.read_text("utf-8"))
    if record["format"] != FORMAT:
        raise ValueError(f"its format is {record['format']}, this papersys reads {FORMAT}")
    if record["dimension"] != dimension:
        raise ValueError(f"its vectors have {record['dimension']} items, the stored papers' {dimension}")
    content = (path.parent / Path(record["arrays"]).name).read_bytes()
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        raise ValueError("its arrays are damaged")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return _taste(record, {name: arrays[name] for name in arrays.files})


def _taste(record: dict[str, Any], arrays: dict[str, Any]) -> Taste:
    pools = {
        name: Pool(tuple(record["names"][name]), arrays[f"{name}_vectors"], arrays[f"{name}_weights"])
        for name in _POOLS
    }
    return Taste(
        user=record["user"],
        regime=record["regime"],
        model=record["model"],
        fingerprint=record["fingerprint"],
        fitted_at=datetime.fromisoformat(record["fitted_at"]),
        missing=tuple(record["missing"]),
        regression=_regression(arrays),
        regression_share=record["regression_share"],
        scale=Scale(**record["scale"]) if record["scale"] else None,
        corpus=record["corpus"],
        sampled=record["random_negatives"],
        **pools,
    )


def _regression(arrays: dict[str, Any]) -> Regression | None:
    if "regression_coefficients" not in arrays:
        return None
    return Regression(
        coefficients=arrays["regression_coefficients"],
        intercept=float(arrays["regression_intercept"]),
        like_pulls=arrays["regression_like_pulls"],
        dislike_pulls=arrays["regression_dislike_pulls"],
        ground=arrays["regression_ground"],
    )
