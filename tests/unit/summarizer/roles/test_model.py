"""The classifier that ships."""

import io
from importlib.resources import files

import numpy as np
import pytest

from services.summarizer.roles.model import ROLES, WEIGHTS, RoleModel, shipped_model

ABSTRACT = [
    "Sorting very large files remains slow on cheap disks.",
    "However, existing methods need more memory than a laptop has.",
    "We propose a merge tree that keeps its runs in memory.",
    "Experiments show that it is twice as fast as the usual merge sort.",
    "Code is available at https://example.org.",
]


def test_each_role_finds_its_sentence() -> None:
    found = shipped_model().probabilities(ABSTRACT)
    best = {role: int(found.of[role].argmax()) for role in ("problem", "task", "method", "result")}
    assert best == {"problem": 1, "task": 0, "method": 2, "result": 3}


def test_probabilities_of_a_role_sum_to_one_with_that_of_no_sentence() -> None:
    found = shipped_model().probabilities(ABSTRACT)
    assert [found.of[role].sum() + found.none[role] for role in ROLES] == pytest.approx([1.0] * len(ROLES))


def test_an_abstract_without_sentences_has_none() -> None:
    found = shipped_model().probabilities([])
    assert all(len(found.of[role]) == 0 and found.none[role] == pytest.approx(1.0) for role in ROLES)


def test_the_weights_are_small_and_hold_no_pickle() -> None:
    content = files("services.summarizer.roles").joinpath(WEIGHTS).read_bytes()
    assert len(content) < 500_000
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


def test_a_model_is_the_same_after_it_was_kept() -> None:
    again = RoleModel.from_bytes(shipped_model().to_bytes())
    assert again.vocabulary == shipped_model().vocabulary
    assert again.probabilities(ABSTRACT).none == pytest.approx(shipped_model().probabilities(ABSTRACT).none)


def test_weights_of_other_features_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = shipped_model().to_bytes()
    monkeypatch.setattr("services.summarizer.roles.model.feature_names", lambda: ["something else"])
    with pytest.raises(ValueError, match="fit it again"):
        RoleModel.from_bytes(content)
