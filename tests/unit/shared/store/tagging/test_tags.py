"""The tag index on disk."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.store.files.data_folder import DataFolder
from shared.store.tagging.tags import Tag, TagDecision, TagStore, new_slug, slug_of

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
    assert [made.slug for made in store.decisions() if made.phrase == "photonics"] == ["optics", "lasers"]


def test_a_sign_that_tells_names_apart_tells_their_slugs_apart(tmp_path: Path) -> None:
    assert [slug_of(label) for label in ("A*", "A", "C*-algebras")] == ["a-star", "a", "c-star-algebras"]
    store = TagStore(DataFolder(tmp_path, 0))
    store.add(map(tag, ("A", "A*", "GPT-3", "GPT-4")))
    assert [store.index().slug_for(label) for label in ("a*", "a", "gpt3", "gpt 4")] == [
        "a-star",
        "a",
        "gpt-3",
        "gpt-4",
    ]


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


def test_labels_in_other_scripts_have_slugs_of_their_own() -> None:
    labels = ["机器学习", "深度学习", "图神经网络 GNN", "Обучение", "GNN", "Schrödinger", "α-helix"]
    slugs = [slug_of(label) for label in labels]
    assert len(set(slugs)) == len(labels)
    assert all(slugs)
    assert slugs[2].startswith("gnn-")
    assert slugs[4:] == ["gnn", "schrodinger", "helix"]


def test_decisions_and_tags_may_come_from_generators(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add((tag(label) for label in ("optics",)), (decision(phrase, "optics") for phrase in ("light", "photons")))
    assert [made.phrase for made in store.decisions()] == ["optics", "light", "photons"]
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


def test_a_tag_that_cannot_be_read_hides_no_other_and_stays_where_it_is(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add([tag("optics")], [decision("light", "optics")])
    with store.decisions_path.open("ab") as file:
        file.write(b"\0\0\0\n")
    again = TagStore(DataFolder(tmp_path, 0))
    assert again.index().slug_for("light") == "optics"
    again.add([tag("lasers")])
    assert set(again.index().tags) == {"optics", "lasers"}
    assert store.decisions_path.read_bytes().count(b"\0") == 3


def test_a_decision_of_an_earlier_version_by_the_owner_is_read_as_the_users(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add([tag("optics")], [decision("light", "optics")])
    old = store.decisions_path.read_text("utf-8").replace('"meaning"', '"owner"')
    store.decisions_path.write_text(old, "utf-8")
    assert [read.how for read in store.decisions()] == ["seed", "user"]
    assert store.index().slug_for("light") == "optics"


OLD_TAGS = (
    '{"slug": "machine-learning", "label": "machine learning", "aliases": ["cs.LG", "stat.ML"], "made_by": "seed", '
    '"made_at": "2026-11-05T00:00:00Z"}\n'
    '{"slug": "zebra-caches", "label": "zebra caches", "aliases": ["striped caches"], "made_by": "2610.00001", '
    '"made_at": "2026-11-06T00:00:00Z"}\n'
)
OLD_DECISIONS = (
    '{"phrase": "striped caches", "slug": "zebra-caches", "how": "meaning", "score": 0.91, "paper_id": "2610.00002", '
    '"made_at": "2026-11-06T00:00:00Z"}\n'
    '{"phrase": "learning machines", "slug": "machine-learning", "how": "meaning", "score": 0.9, '
    '"paper_id": "2610.00002", "made_at": "2026-11-06T00:00:00Z"}\n'
)


def old_store(folder: Path) -> TagStore:
    """As an earlier version left it: tags in a file of their own, those of categories among them."""
    (folder / "tags").mkdir()
    (folder / "tags" / "tags.jsonl").write_text(OLD_TAGS, "utf-8")
    (folder / "tags" / "decisions.jsonl").write_text(OLD_DECISIONS, "utf-8")
    return TagStore(DataFolder(folder, 0))


def test_tags_and_decisions_of_an_earlier_version_are_read(tmp_path: Path) -> None:
    index = old_store(tmp_path).index()
    assert set(index.tags) == {"zebra-caches"}
    assert index.canonical("striped cache") == "zebra-caches"
    assert index.tags["zebra-caches"].papers == ("2610.00002",)
    assert index.shown(("machine-learning", "zebra-caches")) == ("zebra-caches",)


def test_tags_of_an_earlier_version_are_carried_over_once_at_the_first_writing(tmp_path: Path) -> None:
    store = old_store(tmp_path)
    for label in ("optics", "lasers"):
        store.add([tag(label)])
    assert store.old_tags_path.read_text("utf-8") == OLD_TAGS
    assert [made.action for made in store.decisions() if made.slug == "zebra-caches"].count("create") == 1
    store.old_tags_path.unlink()
    again = TagStore(DataFolder(tmp_path, 0)).index()
    assert again.canonical("striped caches") == "zebra-caches"
    assert again.tags["zebra-caches"].made_by == "2610.00001"


def test_a_torn_last_line_loses_nothing_but_itself_and_the_next_writing_cuts_it_off(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add([tag("optics")], [decision("light", "optics")])
    whole = store.decisions_path.read_bytes()
    store.decisions_path.write_bytes(whole + b'{"action": "merge", "slug": "opt')
    assert TagStore(DataFolder(tmp_path, 0)).index().canonical("light") == "optics"
    TagStore(DataFolder(tmp_path, 0)).add([tag("lasers")])
    assert store.decisions_path.read_bytes().startswith(whole + b'{"action": "create"')


def test_an_index_file_that_was_lost_is_written_again(tmp_path: Path) -> None:
    store = TagStore(DataFolder(tmp_path, 0))
    store.add([tag("optics")])
    written = store.index_path.read_bytes()
    store.index_path.unlink()
    store.add([tag("optics")])
    assert store.index_path.read_bytes() == written


def test_two_writers_at_once_lose_no_decision(tmp_path: Path) -> None:
    def write(number: int) -> None:
        for step in range(10):
            TagStore(DataFolder(tmp_path, 0)).add([tag(f"kind {number} of {chr(97 + step)} beam")])

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(4)))
    assert TagStore(DataFolder(tmp_path, 0)).count() == 40
