"""What papers are found by in a person's own lists."""

from dataclasses import replace
from pathlib import Path

from services.publisher.records.short_texts import ShortTexts
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from tests.support.papers.embedder import paper

FIRST, SECOND = "2611.00001", "2612.00001"


def test_a_text_is_that_of_the_paper_as_it_is_stored_now(tmp_path: Path) -> None:
    store = MetadataStore(DataFolder(tmp_path, 0))
    texts = ShortTexts(MetadataStore(DataFolder(tmp_path, 0)))
    assert texts.of([FIRST, SECOND]) == {FIRST: FIRST, SECOND: SECOND}
    old = replace(paper(FIRST, "Über Graphs"), authors=("Ada Adler",))
    store.put([old, paper(SECOND, "Tides")])
    assert texts.of([FIRST])[FIRST] == f"{FIRST} über graphs ada adler"
    store.put([replace(old, title="On Trees", version=2)])
    assert texts.of([FIRST])[FIRST] == f"{FIRST} on trees ada adler"
    assert texts.of([SECOND])[SECOND].startswith(f"{SECOND} tides")
