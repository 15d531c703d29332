"""Passages that a person quoted, looked up in a newer text."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.summarizer.subscribers import register_anchors
from shared.contracts import AnchorPassages
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from tests.support.bus.in_memory import FakeBus

FIRST = "We train the model for twelve hours on eight large machines, which is short."
SECOND = "It never fails on a mesh of 512 nodes that are all of one kind."
FAR = "Everything that was said here holds for trees as well as for graphs."
TEXT = f"{FIRST} {SECOND}\n\n" + "Words of no importance stand between. " * 40 + f"\n\n{FAR}"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passage", "fate"),
    [
        (f"{FIRST} {SECOND}", "same"),
        (SECOND[:40], "same"),
        (f"We train our model for twelve hours on eight large machines, which is short. {SECOND}", "reworded"),
        (f"{FIRST} It never fails on a mesh of 256 nodes that are all of one kind.", "gone"),
        (f"{FIRST} It fails on a mesh of 512 nodes that are all of one kind.", "gone"),
        (f"{SECOND} We train our model for twelve hours on eight large machines, which is short.", "gone"),
        (f"{FIRST.replace('the', 'our')} {FAR}", "gone"),
        ("...", "gone"),
    ],
)
async def test_a_passage_stands_where_all_its_sentences_do_in_their_order(
    tmp_path: Path, passage: str, fate: str
) -> None:
    documents, bus = DocumentStore(DataFolder(tmp_path, 0)), FakeBus()
    record = DocumentRecord(paper_id="2611.00001", version=2, status="converted", asked_version=2, made_at=NOW)
    documents.put(record, f"# T\n\n## Results\n\n{TEXT}\n", [Section(title="Results", level=2, text=TEXT)])
    register_anchors(bus, documents)
    answer = bus.responders[AnchorPassages]
    reply = await answer(AnchorPassages(paper_id="2611.00001", version=2, passages=(passage,)))
    (found,) = reply.passages
    assert found.fate == fate
    assert (found.start is None) == (fate == "gone")
    missing = await answer(AnchorPassages(paper_id="2611.00001", version=7, passages=(passage,)))
    assert "not stored" in missing.problem
