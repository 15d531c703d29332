"""Preferences about facets on disk, and files written under the old names."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.contracts import FacetPreference
from shared.store.files.data_folder import DataFolder
from shared.store.people.facet_preferences import FacetPreferenceStore, StoredFacetPreference

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def stored(preference: FacetPreference, key: str = "3fa90c12", user: str = "me") -> StoredFacetPreference:
    return StoredFacetPreference(
        user=user, key=key, name="pruning", preference=preference, paper_ids=("2410.12850",), set_at=NOON
    )


def test_the_newest_preference_about_a_facet_replaces_the_one_before_and_clear_removes_it(tmp_path: Path) -> None:
    store = FacetPreferenceStore(DataFolder(tmp_path, 0))
    for preference in (stored("boost"), stored("mute"), stored("boost", user="you")):
        store.put(preference)
    assert store.all() == [stored("mute")]
    store.put(stored("clear"))
    assert (store.all(), store.all("you")) == ([], [stored("boost", user="you")])


def test_a_file_of_wishes_is_read_and_written_again_under_todays_names(tmp_path: Path) -> None:
    store = FacetPreferenceStore(DataFolder(tmp_path, 0))
    wish = {"key": "3fa90c12", "name": "pruning", "wish": "mute", "paper_ids": ["2410.12850"]}
    store.path.parent.mkdir(parents=True)
    store.path.write_text(json.dumps({"wishes": [{"user": "me", **wish, "said_at": NOON.isoformat()}]}))
    assert store.all() == [stored("mute")]
    store.put(stored("boost", key="other"))
    content = json.loads(store.path.read_text())
    assert [one["preference"] for one in content["preferences"]] == ["mute", "boost"]
    assert {"wishes", "wish", "said_at"}.isdisjoint({*content, *content["preferences"][0]})


def test_a_facet_that_is_paused_or_reset_is_kept_though_it_is_neither_boosted_nor_muted(tmp_path: Path) -> None:
    store = FacetPreferenceStore(DataFolder(tmp_path, 0))
    paused = stored("clear").model_copy(update={"paused_at": NOON, "paused_until": NOON + timedelta(days=7)})
    reset = stored("clear", key="other").model_copy(update={"reset_at": NOON})
    store.put(paused)
    store.put(reset)
    assert store.all() == [paused, reset]
    assert [paused.is_paused(NOON + timedelta(days=days)) for days in (0, 6.9, 7)] == [True, True, False]
    store.put(stored("clear"))
    assert store.all() == [reset]
