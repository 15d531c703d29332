"""Whether signals move a user's scores: the setting and, where that is `auto`, what the last evaluation showed.

`state/ranker/<user>/signals.json` keeps that evaluation; it is derived, and without it signals are not used.
"""

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from services.ranker.features.weak_signals import WeakSignal
from services.ranker.file_names import user_folder
from shared.store.files.data_folder import DataFolder

UseSignals = Literal["auto", "on", "off"]


class SignalEvaluation(BaseModel):
    """What an evaluation found: the share of pairs in the right order with and without signals.

    `ratings` came after a signal, of `all_ratings`; `papers` counts what stands saved, skipped and opened. `gain` and
    its interval (95 %) are None where too few ratings tell. `key` names all that it rests on.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str = ""
    evaluated_at: AwareDatetime
    helps: bool = False
    without: float | None = None
    with_signals: float | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    ratings: int = 0
    splits: int = 0
    all_ratings: int = 0
    papers: dict[WeakSignal, int] = {}
    weights: dict[WeakSignal, float] = {}


class SignalEvaluations:
    """The last evaluation of each user; one that cannot be read counts as none."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def get(self, user: str) -> SignalEvaluation | None:
        try:
            return SignalEvaluation.model_validate_json(self._path(user).read_text("utf-8"))
        except (OSError, ValidationError, UnicodeDecodeError):
            return None

    def put(self, user: str, evaluation: SignalEvaluation) -> None:
        """In place of the last one. Raises PapersysError where the disk is full."""
        self._data.write_text(self._path(user), evaluation.model_dump_json(indent=1) + "\n")

    def _path(self, user: str) -> Path:
        return self._data.path("state", "ranker", user_folder(user), "signals.json")


def are_used(setting: UseSignals, evaluation: SignalEvaluation | None) -> bool:
    """Whether signals move scores."""
    if setting == "auto":
        return evaluation is not None and evaluation.helps
    return setting == "on"


def use_sentence(setting: UseSignals, evaluation: SignalEvaluation | None) -> str:
    """What people read: whether signals move scores, and why."""
    if setting == "off":
        return "Saves, skips and opens do not change your picks: ranker.use_signals is off."
    if setting == "on":
        return f"Saves, skips and opens change your picks: ranker.use_signals is on.{_figures(evaluation)}"
    if evaluation is None:
        return (
            "Saves, skips and opens do not change your picks: whether they help to predict your ratings has not "
            "been evaluated yet."
        )
    verb = "change" if evaluation.helps else "do not change"
    return f"Saves, skips and opens {verb} your picks.{_figures(evaluation)}"


def signal_counts(evaluation: SignalEvaluation) -> str:
    """How many unrated papers there are of each kind, and what nearness to them is worth."""
    moved = [f"{count} {kind} ({evaluation.weights.get(kind, 0.0):+.2f})" for kind, count in evaluation.papers.items()]
    return f"Unrated papers, with the weight that the ratings give to being near them: {', '.join(moved)}."


def _figures(evaluation: SignalEvaluation | None) -> str:
    if evaluation is None:
        return ""
    when = f"{evaluation.evaluated_at:%Y-%m-%d}"
    if evaluation.gain is None or evaluation.low is None or evaluation.high is None:
        return f" Evaluated on {when}: too few ratings came after them to tell ({evaluation.ratings})."
    gain, low, high = map(_points, (evaluation.gain, evaluation.low, evaluation.high))
    return (
        f" Evaluated on {when} with {evaluation.ratings} later ratings: pairs in the right order "
        f"{evaluation.without:.1%} without them, {evaluation.with_signals:.1%} with them "
        f"(difference {gain} points, 95% interval {low} to {high})."
    )


def _points(share: float) -> str:
    """In percentage points, signed."""
    return f"{100 * share:+.1f}"
