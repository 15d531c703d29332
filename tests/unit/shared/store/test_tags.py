"""The tag index on disk."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.store.files.data_folder import DataFolder
from shared.store.tags import Tag, TagDecision, TagStore, new_slug, slug_of

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def tag(label: str, *aliases: str) -> Tag:
    return Tag(slug=slug_of(label), label=label, aliases=aliases, made_at=NOW)


def decision(phrase: str, slug: str) -> TagDecision:
    return TagDecision(phrase=phrase, slug=slug, how="meaning", score=0.91, paper_id="2411.00010", made_at=NOW)


def test_a_phrase_once_decided_gets_the_same_tag_again_whatever_its_spelling(tmp_path: Path) -> None:
    TagStore(DataFolder(tmp_path, 0)).add([tag("graph neural networks")], [decision("GNN", "graph-neural-networks")])
    index = TagStore(DataFolder(tmp_path, 0)).index()
    for phrase in ("GNN", "gnns", "Graph Neural Network", "graph-neural networks"):
        assert index.slug_for(phrase) == "graph-neural-networks"
    assert index.slug_for("graph theory") is None
    assert index.tags["graph-neural-networks"].aliases == ("GNN",)


def test_the_same_again_changes_no_byte(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add([tag("optics", "physics.optics")], [decision("light", "optics")])
    before = (store.index_path.read_bytes(), store.decisions_path.read_bytes())
    store.add([tag("optics")], [decision("light", "optics")])
    assert (store.index_path.read_bytes(), store.decisions_path.read_bytes()) == before


def test_the_newest_decision_about_a_phrase_wins_and_the_old_one_stays(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add([tag("optics"), tag("lasers")], [decision("photonics", "optics")])
    store.add([], [decision("photonics", "lasers")])
    assert store.index().slug_for("photonics") == "lasers"
    assert [made.slug for made in store.decisions()] == ["optics", "lasers"]


def test_tags_lie_sorted_one_a_line(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add([tag("robotics"), tag("algebra")])
    store.add([tag("optics")])
    slugs = [Tag.model_validate_json(line).slug for line in store.index_path.read_text().splitlines()]
    assert slugs == ["algebra", "optics", "robotics"]
    assert store.count() == 3


def test_a_decision_for_a_tag_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        TagStore(DataFolder(tmp_path, 0)).add([], [decision("light", "optics")])


@given(st.text(max_size=60))
def test_a_slug_is_safe_in_files_and_addresses(label: str) -> None:
    slug = slug_of(label)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug_of(slug) == slug


def test_decisions_and_tags_may_come_from_generators(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add((tag(label) for label in ("optics",)), (decision(phrase, "optics") for phrase in ("light", "photons")))
    assert [made.phrase for made in store.decisions()] == ["light", "photons"]
    assert store.index().slug_for("photon") == "optics"


def test_labels_that_differ_in_signs_have_slugs_of_their_own(tmp_path: Path) -> None:
    assert [slug_of(label) for label in ("C", "C++", "C#", "F#")] == ["c", "c-plus-plus", "c-sharp", "f-sharp"]
    store = TagStore(DataFolder(tmp_path, 0))
    store.add(tag(label) for label in ("C", "C++", "C#"))
    assert [store.index().slug_for(label) for label in ("C#", "c++", "C")] == ["c-sharp", "c-plus-plus", "c"]


def test_a_tag_keeps_the_slug_that_it_was_stored_with_and_gives_way_to_no_other(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    stored = store.add([Tag(slug="c", label="C++", made_at=NOW)])
    assert stored.slug_for("C++") == "c"
    assert [new_slug(label, stored.tags) for label in ("C", "C#", "Optics")] == ["c-2", "c-sharp", "optics"]
    accented = store.add([tag("naive Bayes")])
    assert new_slug("naïve Bayes", accented.tags) == ""


def test_a_tag_that_cannot_be_read_hides_no_other_and_is_kept_aside(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add([tag("optics")], [decision("light", "optics")])
    with store.decisions_path.open("ab") as file:
        file.write(b"\0\0\0\n")
    again = TagStore(DataFolder(tmp_path, 0))
    assert again.index().slug_for("light") == "optics"
    again.add([tag("lasers")])
    assert set(again.index().tags) == {"optics", "lasers"}
    assert len((tmp_path / "tags" / "unreadable" / "tags.jsonl").read_text().splitlines()) == 2


def test_a_decision_of_an_earlier_version_by_the_owner_is_read_as_the_users(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add([tag("optics")], [decision("light", "optics")])
    old = store.decisions_path.read_text("utf-8").replace('"meaning"', '"owner"')
    store.decisions_path.write_text(old, "utf-8")
    assert [read.how for read in store.decisions()] == ["user"]
    assert store.index().slug_for("light") == "optics"
