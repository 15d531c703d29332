"""What a row of Notion holds of a paper that was withdrawn."""

from dataclasses import replace
from pathlib import Path

from services.publisher.outlets.notion.row_content import RowContents
from services.publisher.records.records import Records
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore
from tests.support.folders.seed import GRAPHS, TIDES, seed


def words(contents: RowContents, paper_id: str) -> list[str]:
    row = contents.row(paper_id)
    assert row is not None
    parts = [block[block["type"]]["rich_text"] for block in row.blocks]
    return ["".join(part.get("text", {}).get("content", "") for part in block) for block in parts]


def test_a_withdrawn_paper_is_marked_in_its_row_and_where_others_lead_to_it(tmp_path: Path) -> None:
    data = seed(tmp_path)
    LinkStore(data).put(TIDES, [Link(paper_id=TIDES, other_id=GRAPHS, type="extends")])
    contents = RowContents(Records(data, "minilm"), "https://arxiv.org")
    before = contents.row(GRAPHS)
    store = MetadataStore(data)
    paper = store.get([GRAPHS])[GRAPHS]
    store.put([replace(paper, version=5, withdrawn=True, comment="Lemma 3 is wrong")])
    marked = words(contents, GRAPHS)
    assert marked[0].startswith("Its authors withdrew this paper.")
    assert marked[1] == "They say: “Lemma 3 is wrong”"
    after = contents.row(GRAPHS)
    assert before is not None
    assert after is not None
    assert before.body_hash != after.body_hash
    assert any("(withdrawn by its authors)" in text for text in words(contents, TIDES))


def test_links_lead_to_other_servers_and_never_to_files_of_ones_own(tmp_path: Path) -> None:
    data = seed(tmp_path)
    store, recorded, bare = MetadataStore(data), "hal:2401.HAL_hal-04400002", "hal:2401.HAL_hal-04400003"
    paper = store.get([GRAPHS])[GRAPHS]
    source = "oai_dc https://hal.science/hal-04400002"
    store.put([replace(paper, paper_id=recorded, source=source), replace(paper, paper_id=bare, source="oai_dc")])
    ends = (recorded, bare, "local:0123456789abcdef")
    LinkStore(data).put(TIDES, [Link(paper_id=TIDES, other_id=other, type="cites", evidence=other) for other in ends])
    contents = RowContents(Records(data, "minilm"), "https://arxiv.org")
    assert not any("local:" in text or "own file" in text for text in words(contents, TIDES))
    row = contents.row(TIDES)
    assert row is not None
    parts = [part["text"] for block in row.blocks for part in block[block["type"]]["rich_text"] if "text" in part]
    assert {part["link"]["url"] for part in parts if part.get("link")} == {"https://hal.science/hal-04400002"}
