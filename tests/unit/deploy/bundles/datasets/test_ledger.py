"""Costs of two places: a call is counted once."""

from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Call, Ledger
from tests.support.folders.bundles import merge
from tests.support.folders.seed import NOON


def test_calls_are_counted_once_with_an_id_or_without(whole: Path, empty: DataFolder) -> None:
    assert merge(whole, empty)["ledger"].new == 2
    assert merge(whole, empty)["ledger"].same == 2
    assert Ledger(empty).spent(NOON) == 0.02


def test_calls_that_were_made_here_stay(whole: Path, empty: DataFolder) -> None:
    Ledger(empty).add(
        Call(made_at=NOON, service="s", purpose="p", model="m", input_tokens=1, output_tokens=1, cost=1.0)
    )
    merge(whole, empty)
    assert Ledger(empty).spent(NOON) == 1.02
