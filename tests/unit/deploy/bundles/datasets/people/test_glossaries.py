"""Glossaries of two places: every term is kept, and that of here stays."""

from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.people.glossaries import GlossaryStore
from tests.support.folders.bundles import merge, rewritten


def test_terms_of_a_bundle_join_those_that_stand_here(whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    GlossaryStore(empty).put("me", "de", "graph = Netz")
    tally = merge(whole, empty)["glossaries"]
    assert GlossaryStore(empty).get("me", "de").text == "graph = Netz\nwalk = Kantenzug"
    assert (tally.newer, len(tally.conflicts)) == (1, 1)
    assert merge(whole, empty)["glossaries"].same == 1
    odd = b'{"user": "me", "language": "../x", "text": "a = b"}\n'
    other = rewritten(whole, tmp_path / "odd.zip", {"glossaries.jsonl": lambda content: odd + content})
    assert merge(other, empty)["glossaries"].refused == 1
