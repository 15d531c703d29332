"""Saved facets: used under their stamp only, those of before included."""

import json
from pathlib import Path

from services.ranker.interests.saved_facets import SavedFacets
from shared.contracts import InterestFacet, InterestsReply
from shared.store.files.data_folder import DataFolder

REPLY = InterestsReply(likes=12, sample=3000, note="Not enough yet.")


def test_facets_are_found_under_their_stamp_and_user_only(tmp_path: Path) -> None:
    saved = SavedFacets(DataFolder(tmp_path, 0))
    saved.put("me", ("a", 1), REPLY)
    assert saved.get("me", ("a", 1)) == REPLY
    assert saved.get("me", ("a", 2)) is None
    assert saved.get("you", ("a", 1)) is None


def test_the_newest_facets_are_found_under_any_stamp_but_named_anew_where_names_were_made_otherwise(
    tmp_path: Path,
) -> None:
    saved = SavedFacets(DataFolder(tmp_path, 0))
    assert saved.newest("me") is None
    facts = {"share": 0.5, "lift": 2, "lift_low": 1, "lift_high": 3, "lift_within": 2, "p_value": 0.01, "paper_ids": ()}
    facet = InterestFacet.model_validate({"key": "k", "name": "pruning, drop", **facts})
    saved.put("me", ("a", 1), REPLY.model_copy(update={"facets": (facet,)}))
    assert [one.name for one in (saved.newest("me") or REPLY).facets] == ["pruning, drop"]
    (path,) = tmp_path.rglob("interests.json")
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "stamp": ["2", "a", "1"]}))
    assert [(one.key, one.name) for one in (saved.newest("me") or REPLY).facets] == [("k", "")]


def test_a_file_that_cannot_be_used_counts_as_none(tmp_path: Path) -> None:
    saved = SavedFacets(DataFolder(tmp_path, 0))
    saved.put("me", ("a",), REPLY)
    (path,) = tmp_path.rglob("interests.json")
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "found": {"facets": 5}}))
    assert saved.get("me", ("a",)) is None
    path.write_text("{")
    assert saved.get("me", ("a",)) is None
