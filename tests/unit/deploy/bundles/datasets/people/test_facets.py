"""Preferences about facets of two places: the one that was set last counts."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.people.facet_preferences import FacetPreferenceStore, StoredFacetPreference
from tests.support.folders.bundles import merge
from tests.support.folders.seed import GRAPHS, NOON


@pytest.mark.parametrize(("days", "stands", "counts"), [(-1, "boost", "that in the bundle"), (1, "mute", "that here")])
def test_the_preference_that_was_set_last_counts(
    days: int, stands: str, counts: str, whole: Path, empty: DataFolder
) -> None:
    store = FacetPreferenceStore(empty)
    at = NOON + timedelta(days=days)
    store.put(StoredFacetPreference(key="k", name="graphs", preference="mute", paper_ids=(GRAPHS,), set_at=at))
    tally = merge(whole, empty)["facets"]
    assert [facet.preference for facet in store.all()] == [stands]
    assert counts in tally.conflicts[0]
