"""The page Results, and the results on a paper's page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.results import ResultStore
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import GRAPHS, NOON, OLD, PROTEINS, TIDES
from tests.support.papers.result_tables import paper_results, result

HOSTILE_CELL = "<script>alert(1)</script>"


@pytest.fixture
def stocked(data: DataFolder, fake_reader: FakeReader) -> FakeReader:
    store, metadata = ResultStore(data), MetadataStore(data)
    metadata.put([replace(metadata.get([TIDES])[TIDES], published_at=NOON - timedelta(days=100))])
    store.put(
        paper_results(TIDES, result("93.2"), result("2.5", metric="WER", dataset="TIMIT", task="", better="lower"))
    )
    store.put(paper_results(OLD, result("77.3", is_own=False, setting=("Size: 2.6M",), row=(HOSTILE_CELL,))))
    return fake_reader


async def test_results_that_can_be_compared_stand_together_best_first_with_a_drawing(stocked: FakeReader) -> None:
    text = await page(stocked, "/results")
    assert "4 numbers from the tables of 3 papers" in text
    assert text.index("Question answering · SQuAD 1.1 · F1 (dev)") < text.index("TIMIT · WER")
    table = text[text.index("<table") :]
    assert table.index("93.2") < table.index("90.9") < table.index("77.3")
    assert text.count('<svg class="plot"') == 1
    assert text.count("<circle") == 3
    assert "higher is better" in text
    assert "Size: 2.6M" in text
    assert HOSTILE_CELL not in text


async def test_the_fields_narrow_what_is_shown_and_keep_what_was_asked(stocked: FakeReader) -> None:
    text = await page(stocked, "/results?dataset=timit&own=1")
    assert "1 number from the tables of 1 paper, of their own methods" in text
    assert 'name="dataset" value="timit"' in text
    assert '<option value="SQuAD 1.1">' in text
    assert "No results fit." in await page(stocked, "/results?task=juggling")


async def test_a_number_leads_to_its_place_in_the_text(stocked: FakeReader) -> None:
    text = await page(stocked, "/results?metric=F1")
    assert f"/paper/{GRAPHS}/text?start=500&amp;end=504&amp;version=1#quote" in text


async def test_a_paper_shows_its_own_results_and_all_its_numbers(stocked: FakeReader) -> None:
    text = await page(stocked, f"/paper/{GRAPHS}")
    assert "All 1 numbers of its tables" not in text
    assert "Its tables have 1 number" in text
    assert "its own" in text
    assert 'id="results"' not in await page(stocked, f"/paper/{PROTEINS}")
    assert "90.9" in await page(stocked, f"/results?paper={GRAPHS}")


async def test_without_results_the_page_says_how_they_come(data: DataFolder, fake_reader: FakeReader) -> None:
    for path in (data.root / "results").glob("*"):
        path.unlink()
    assert "There are none yet" in await page(fake_reader, "/results")
