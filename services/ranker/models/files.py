"""Fitted tastes on disk: `state/ranker/<user>/model.json`, which names files of plain numpy arrays. No pickle.

model.json is the commit point and is meant to be read by people: when, from how many ratings, in which regime. The
newest models lie in `kept/`, so that one can go back; the background, the same for many models, lies beside the users.
"""

import hashlib
import io
import json
import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from services.ranker.features.signal_use import SignalEvaluations
from services.ranker.file_names import file_name, user_folder
from services.ranker.learning.background_papers import Background
from services.ranker.learning.calibration import Calibration
from services.ranker.learning.recency_effect import RecencyEffect
from services.ranker.learning.scale import Scale
from services.ranker.learning.similarity import Pool, Projector
from services.ranker.learning.taste import FORMAT, Taste
from services.ranker.models.arrays import (
    OLD_NAMES,
    POOLS,
    arrays_of,
    background_arrays,
    background_from,
    contrast_from,
    lexicon_from,
    packed,
    regression_from,
)
from services.ranker.models.signal_arrays import signal_effect_from, signal_record
from shared.contracts import DEFAULT_USER
from shared.contracts.old_names import with_new_names
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

_KEPT_OF_OTHERS = 3
_BACKGROUNDS_IN_MEMORY = 3
_READ = (2, 3, FORMAT)
"""Models of format 2 know no contrast: dislikes count by where they lie. Those of 3 know no usual doubt."""


@dataclass(frozen=True)
class ModelRecord:
    """One kept model, as its record says. `state`: `in use`, `kept`, or `held back` as it did worse."""

    model_id: str
    facts: dict[str, Any]
    state: str


class ModelFiles:
    """The tastes of each user, the newest `kept` of them; one that only reads keeps nothing."""

    def __init__(self, data: DataFolder, *, only_reads: bool = False, kept: int = 12) -> None:
        self._data = data
        self.signal_evaluations = SignalEvaluations(data)
        self._only_reads = only_reads
        self._kept = kept
        self._written: set[str] = set()
        self._named: set[str] = set()
        self._backgrounds: OrderedDict[str, Background] = OrderedDict()

    def save(self, taste: Taste, milliseconds: float, *, use: bool = True, note: str = "") -> None:
        """Keep a taste and, unless it is held back, put it in use; readers see the one or the other."""
        if not self._only_reads:
            with self._data.lock("ranker-models"):
                self._save(taste, milliseconds, use=use, note=note)

    def _save(self, taste: Taste, milliseconds: float, *, use: bool, note: str) -> None:
        folder = self._folder(taste.user)
        background = self._write(folder.parent / "backgrounds", "background", background_arrays(taste.background))
        arrays = self._write(folder, "model", arrays_of(taste))
        model_id = f"{taste.fitted_at:%Y%m%dT%H%M%S%f}-{arrays[1][:6]}"
        record = {
            **_record(taste),
            "model_id": model_id,
            "note": note,
            "milliseconds": round(milliseconds, 1),
            "arrays": arrays[0],
            "sha256": arrays[1],
            "background": background[0],
            "background_sha256": background[1],
        }
        text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
        self._data.write_text(folder / "kept" / f"{model_id}.json", text)
        if use:
            self._data.write_text(folder / "model.json", text)
        self._forget(folder, taste.user)
        if background[0] not in self._named:
            self._forget_backgrounds(folder.parent)
            self._named.add(background[0])

    def load(self, user: str, dimension: int, model_id: str | None = None) -> Taste | None:
        """The taste in use, or a kept one; None where there is none, or it cannot be used, which the log then says."""
        path = self._path(user, model_id)
        try:
            return self._unpacked(path, dimension)
        except FileNotFoundError:
            if path.exists():
                _log_unusable(user, path, "its arrays are gone")
        except Exception as error:
            _log_unusable(user, path, f"{type(error).__name__}: {error}")
        return None

    def pinned(self, user: str) -> bool:
        """Whether somebody chose the model in use, so that no newer one takes its place."""
        return bool(_facts(self._path(user, None)).get("pinned"))

    def list(self, user: str) -> list[ModelRecord]:
        """The kept models, newest first."""
        current = _facts(self._path(user, None)).get("model_id")
        records = [_facts(path) for path in sorted((self._folder(user) / "kept").glob("*.json"), reverse=True)]
        return [ModelRecord(facts["model_id"], facts, _state(facts, current)) for facts in records if facts]

    def use(self, user: str, model_id: str | None, *, pin: bool = True) -> ModelRecord:
        """Put a kept model in use until told otherwise (`pin`); None: the newest. Raises PapersysError."""
        kept = {record.model_id: record for record in self.list(user)}
        chosen = next(iter(kept.values()), None) if model_id is None else kept.get(model_id)
        if chosen is None:
            raise PapersysError(f"There is no model {model_id or ''}; `papersys model list` shows the stored ones.")
        if self._only_reads:
            return chosen
        with self._data.lock("ranker-models"):
            facts = {**chosen.facts, "pinned": pin and model_id is not None}
            text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
            self._data.write_text(self._path(user, None), text)
        return chosen

    def stamp(self, user: str) -> int:
        """Changes when another model is put in use."""
        try:
            return self._path(user, None).stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _write(self, folder: Path, kind: str, arrays: dict[str, Any]) -> tuple[str, str]:
        content = packed(arrays)
        digest = hashlib.sha256(content).hexdigest()
        name = f"{kind}-{digest[:16]}.npz"
        if name not in self._written or not (folder / name).exists():
            self._data.write_bytes(folder / name, content)
            self._written.add(name)
        return name, digest

    def _forget(self, folder: Path, user: str) -> None:
        """Take away the oldest models, and arrays that no model names any more; of many people fewer are kept."""
        kept = self._kept if user == DEFAULT_USER else min(self._kept, _KEPT_OF_OTHERS)
        for old in sorted((folder / "kept").glob("*.json"))[:-kept]:
            old.unlink(missing_ok=True)
        facts = [_facts(path) for path in [folder / "model.json", *(folder / "kept").glob("*.json")]]
        _keep_only(folder.glob("model-*.npz"), {record.get("arrays") for record in facts})

    def _forget_backgrounds(self, folder: Path) -> None:
        """The same for backgrounds that no model of anybody names; looked for when there is a new one."""
        everybody = [_facts(path) for path in [*folder.glob("*/model.json"), *folder.glob("*/kept/*.json")]]
        _keep_only(folder.glob("backgrounds/*.npz"), {record.get("background") for record in everybody})

    def _unpacked(self, path: Path, dimension: int) -> Taste:
        record = json.loads(path.read_text("utf-8"))
        if record["format"] not in _READ:
            raise ValueError(f"its format is {record['format']}, this papersys reads {FORMAT}")
        if record["dimension"] != dimension:
            raise ValueError(f"its vectors have {record['dimension']} items, the stored papers' {dimension}")
        folder = path.parent.parent if path.parent.name == "kept" else path.parent
        arrays = _checked(folder / Path(record["arrays"]).name, record["sha256"])
        place = folder.parent / "backgrounds" / Path(record["background"]).name
        return _taste(record, arrays, self._background(place, record["background_sha256"]))

    def _background(self, path: Path, digest: str) -> Background:
        """Of the few that models of many people share, each is read once."""
        if digest not in self._backgrounds or not path.exists():
            self._backgrounds[digest] = background_from(_checked(path, digest))
            while len(self._backgrounds) > _BACKGROUNDS_IN_MEMORY:
                self._backgrounds.popitem(last=False)
        self._backgrounds.move_to_end(digest)
        return self._backgrounds[digest]

    def _path(self, user: str, model_id: str | None) -> Path:
        folder = self._folder(user)
        return folder / "model.json" if model_id is None else folder / "kept" / f"{file_name(model_id)}.json"

    def _folder(self, user: str) -> Path:
        return self._data.path("state", "ranker", user_folder(user))


def _state(facts: dict[str, Any], current: str | None) -> str:
    if facts["model_id"] == current:
        return "in use"
    return "held back" if facts.get("note") else "kept"


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if "verdicts" in facts:  # the name of old
        facts.setdefault("ratings", facts.pop("verdicts"))
    return facts


def _keep_only(paths: Iterable[Path], names: set[str | None]) -> None:
    for path in paths:
        if path.name not in names:
            path.unlink(missing_ok=True)


def _log_unusable(user: str, path: Path, why: str) -> None:
    facts = {"action": "model_refused", "user": user}
    log.warning("The model in %s cannot be used (%s); it is learned again.", path, why, extra=facts)


def _record(taste: Taste) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "user": taste.user,
        "fitted_at": taste.fitted_at.isoformat(),
        "regime": taste.regime,
        "regression_share": taste.regression_share,
        "ratings": taste.ratings,
        "likes": len(taste.likes),
        "dislikes": len(taste.dislikes),
        "without_vector": len(taste.missing),
        "seeds": len(taste.seeds),
        "model": taste.model,
        "made_by": taste.made_by,
        "dimension": taste.dimension,
        "fingerprint": taste.fingerprint,
        "corpus": taste.corpus,
        "random_negatives": taste.sampled,
        "linear_scale": asdict(taste.linear_scale),
        "near_scale": asdict(taste.near_scale),
        "calibration": asdict(taste.calibration) if taste.calibration else None,
        "age": asdict(taste.age) if taste.age else None,
        "names": {name: list(getattr(taste, name).names) for name in POOLS},
        "missing": list(taste.missing),
        **signal_record(taste.signals),
    }


def _checked(path: Path, digest: str) -> dict[str, Any]:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError("its arrays are damaged")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        by_name: dict[str, Any] = with_new_names({name: arrays[name] for name in arrays.files}, OLD_NAMES)
        return by_name


def _taste(record: dict[str, Any], arrays: dict[str, Any], background: Background) -> Taste:
    pools = {
        name: Pool(tuple(record["names"][name]), arrays[f"{name}_vectors"], arrays[f"{name}_weights"]) for name in POOLS
    }
    taste = Taste(
        user=record["user"],
        model_id=record["model_id"],
        regime=record["regime"],
        model=record["model"],
        made_by=record.get("made_by", ""),
        fingerprint=record["fingerprint"],
        fitted_at=datetime.fromisoformat(record["fitted_at"]),
        background=background,
        missing=tuple(record["missing"]),
        regression=regression_from(arrays),
        contrast=contrast_from(arrays),
        regression_share=record["regression_share"],
        linear_scale=Scale(**record["linear_scale"]),
        near_scale=Scale(**record["near_scale"]),
        calibration=Calibration(**record["calibration"]) if record["calibration"] else None,
        corpus=record["corpus"],
        sampled=record["random_negatives"],
        likes=pools["likes"],
        dislikes=pools["dislikes"],
        seeds=pools["seeds"],
        lexicon=lexicon_from(arrays),
        age=RecencyEffect(**record["age"]) if record.get("age") else None,
    )
    projector = Projector(background)
    return replace(taste.projected(projector), signals=signal_effect_from(record, arrays, projector))
