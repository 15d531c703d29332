"""Maps on disk: read back as written, and none where a file cannot be read."""

from pathlib import Path

from services.ranker.map.saved_maps import SavedMap, SavedMaps
from shared.contracts import MapInterest
from shared.store.files.data_folder import DataFolder

DRAWN = SavedMap(
    stamp="s",
    space="minilm",
    places={"2611.00001": (1.5, -2.0)},
    drawn=("2611.00001",),
    interests=(MapInterest(key="k", name="graphs"),),
    interest_of={"2611.00001": 0},
)


def test_a_map_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    maps = SavedMaps(DataFolder(tmp_path, min_free_mb=0))
    maps.put("../mallory", DRAWN)
    assert maps.get("../mallory") == DRAWN
    assert maps.get("me") == SavedMap()
    assert not list(tmp_path.parent.glob("mallory*"))


def test_half_a_file_counts_as_none(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, min_free_mb=0)
    SavedMaps(data).put("me", DRAWN)
    path = data.path("state", "ranker", "me", "map.json")
    path.write_text(path.read_text("utf-8")[:40], "utf-8")
    assert SavedMaps(data).get("me") == SavedMap()
