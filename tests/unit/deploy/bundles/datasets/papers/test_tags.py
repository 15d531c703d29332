"""Tags of two places: the index is what all decisions come to, each at its time."""

from datetime import timedelta
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.tagging.tag_decisions import TagDecision
from shared.store.tagging.tags import Tag, TagStore
from tests.support.folders.bundles import merge, rewritten
from tests.support.folders.seed import NOON


def test_tags_of_both_places_are_there_and_a_merge_here_stands(whole: Path, empty: DataFolder) -> None:
    store = TagStore(empty)
    networks = Tag(slug="networks", label="Networks", made_by="user", made_at=NOON - timedelta(days=9))
    mine = Tag(slug="graphs", label="Graphs", made_by="user", made_at=NOON - timedelta(days=9))
    merged = TagDecision(action="merge", slug="graphs", into="networks", how="user", made_at=NOON + timedelta(days=1))
    store.add([networks, mine], [merged])
    assert merge(whole, empty)["tags"].new > 0
    assert store.index().target("graphs") == "networks"
    before = store.decisions_path.read_bytes()
    assert merge(whole, empty)["tags"].new == 0
    assert store.decisions_path.read_bytes() == before


def test_a_name_that_would_be_a_path_is_refused(whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    odd = b'{"action": "create", "slug": "../x", "phrase": "x", "how": "user", "made_at": "2026-11-06T12:00:00Z"}\n'
    tally = merge(rewritten(whole, tmp_path / "odd.zip", {"tags.jsonl": lambda content: odd + content}), empty)["tags"]
    assert tally.refused == 1
    assert "graphs" in TagStore(empty).index().tags
