"""Papers of other servers than arXiv on the pages: named as theirs, at their address; how the servers stand."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from shared.paper_labels import source_of_pages
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.source_states import SourceState, SourceStates
from shared.store.papers.metadata import MetadataStore
from shared.store.selections import SelectionStore
from tests.support.browsing.reader import HTML, FakeReader, page
from tests.support.folders.seed import GRAPHS, TODAY, paper, pick

BIO, HAL = "biorxiv:10.1101-2026.10.15.675123", "hal:2610.HAL_hal-05500001"
ADDRESS = "https://www.biorxiv.org/content/10.1101/2026.10.15.675123"


@pytest.fixture(autouse=True)
def _other_papers(data: DataFolder) -> None:
    category = "biorxiv.cell-biology"
    bio = replace(paper(GRAPHS), paper_id=BIO, version=2, categories=(category,), primary_category=category)
    source = source_of_pages("https://hal.science/hal-05500001", "https://hal.science/hal-05500001/file/a.pdf")
    MetadataStore(data).put([bio, replace(bio, paper_id=HAL, source=source)])
    SelectionStore(data).write(TODAY, "other", [pick(BIO, 1), pick(HAL, 2)])


@pytest.mark.parametrize("path", [f"/paper/{quote(BIO)}", f"/day/{TODAY}", f"/search?q={quote(BIO)}"])
async def test_a_page_names_the_server_and_never_arxiv(fake_reader: FakeReader, path: str) -> None:
    async with fake_reader.client(follow_redirects=True) as client:
        response = await client.get(path, headers=HTML)
    assert response.status_code == 200
    assert "bioRxiv 10.1101/2026.10.15.675123" in response.text
    assert f"arXiv:{BIO}" not in response.text


async def test_a_paper_leads_to_its_original_and_its_pdf(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, f"/paper/{quote(BIO)}")
    assert f'href="{ADDRESS}"' in text
    assert f'href="{ADDRESS}v2.full.pdf"' in text
    record = await page(fake_reader, f"/paper/{quote(HAL)}")
    assert 'href="https://hal.science/hal-05500001"' in record
    assert 'href="https://hal.science/hal-05500001/file/a.pdf"' in record


async def test_the_status_says_how_each_server_stands(fake_reader: FakeReader, data: DataFolder) -> None:
    at = datetime(2026, 11, 6, 5, tzinfo=UTC)
    states = SourceStates(data)
    states.put(SourceState(name="biorxiv", label="bioRxiv", harvested_at=at, outcome="180 new, 4 revised, 0 unchanged"))
    states.put(SourceState(name="hal", label="hal", problem="hal unreachable since 10:02 UTC"))
    text = await page(fake_reader, "/status")
    assert "180 new, 4 revised, 0 unchanged" in text
    assert "hal unreachable since 10:02 UTC" in text
