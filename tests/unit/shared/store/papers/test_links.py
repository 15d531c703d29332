"""Links are stored by the paper they were found reading, and seen from both ends."""

import json

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.summaries import Quote


def test_a_link_is_seen_from_both_ends(data: DataFolder) -> None:
    store = LinkStore(data)
    link = Link(paper_id="2410.00001", other_id="hep-th/9901001", type="cites", score=1.0, evidence="[3]")
    store.put("2410.00001", [link])
    assert store.of("2410.00001") == store.of("hep-th/9901001") == [link]
    store.put("2410.00001", [])
    assert store.of("hep-th/9901001") == []
    assert store.count() == 0


def test_what_another_store_writes_is_seen_from_the_other_end_too(data: DataFolder) -> None:
    reader, writer = LinkStore(data), LinkStore(data)
    link = Link(paper_id="2410.00001", other_id="2311.00002", type="extends", confidence=0.9, quote=Quote(text="x y"))
    assert reader.of("2311.00002") == []
    writer.put("2410.00001", [link])
    assert reader.of("2311.00002") == [link]


def test_a_paper_read_again_replaces_its_own_links_only(data: DataFolder) -> None:
    store = LinkStore(data)
    theirs = Link(paper_id="2410.00002", other_id="2410.00001", type="extends", score=0.9)
    store.put("2410.00002", [theirs])
    store.put("2410.00001", [Link(paper_id="2410.00001", other_id="2410.00002", type="similar", score=0.8)])
    store.put("2410.00001", [Link(paper_id="2410.00001", other_id="2410.00003", type="similar", score=0.7)])
    assert [(link.paper_id, link.other_id) for link in store.of("2410.00001")] == [
        ("2410.00002", "2410.00001"),
        ("2410.00001", "2410.00003"),
    ]


def test_lines_of_earlier_versions_are_read(data: DataFolder) -> None:
    link = {"paper_id": "2410.00001", "other_id": "2410.00002", "type": "similar", "score": 0.7, "evidence": "why"}
    line = {"paper_id": "2410.00001", "links": [link], "made_at": "2026-10-26T00:00:00Z"}
    data.write_text(data.path("links", "2024-10.jsonl"), json.dumps(line) + "\n")
    (read,) = LinkStore(data).of("2410.00002")
    assert (read.type, read.score, read.evidence, read.confidence, read.is_reversed) == (
        "similar",
        0.7,
        "why",
        None,
        False,
    )


def test_links_of_a_type_to_papers_that_do_not_exist_are_dropped(data: DataFolder) -> None:
    store = LinkStore(data)
    gone, kept = "2410.00009", "2410.00003"
    store.put(
        "2410.00001",
        [Link(paper_id="2410.00001", other_id=other, type="cites", score=1.0) for other in (gone, kept)],
    )
    assert store.others("cites") == {gone, kept}
    store.drop_links_to([gone], "cites")
    assert store.others("cites") == {kept}


def test_a_link_of_another_paper_is_refused(data: DataFolder) -> None:
    with pytest.raises(ValueError, match="does not start"):
        LinkStore(data).put("2410.00001", [Link(paper_id="2410.00002", other_id="2410.00001", type="cites")])


def test_lines_whose_keys_stand_in_another_order_and_unreadable_ones_are_told_apart(data: DataFolder) -> None:
    link = {"type": "extends", "other_id": "2410.00002", "paper_id": "2410.00001"}
    line = {"paper_id": "2410.00001", "made_at": "2026-10-26T00:00:00Z", "links": [link]}
    torn = '{"paper_id": "2410.00003", "links": [{"other_id": "2410.00002", "type": "cites"'
    data.write_text(data.path("links", "2024-10.jsonl"), f"{json.dumps(line)}\n{torn}\n{torn}")
    store = LinkStore(data)
    assert [one.type for one in store.of("2410.00002")] == ["extends"]
    assert store.others("extends") == {"2410.00002"}


def test_two_links_to_one_paper_are_both_seen_from_it_once(data: DataFolder) -> None:
    store = LinkStore(data)
    kinds = ("cites", "extends")
    store.put("2410.00001", [Link(paper_id="2410.00001", other_id="2410.00002", type=kind) for kind in kinds])
    assert [link.type for link in store.of("2410.00002")] == ["cites", "extends"]
    assert store.count() == 2
