"""How long a harvest takes with the pace on, and how often it asks; the demo arXiv refuses whoever is too fast."""

import asyncio
import time
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from deploy.demo.papers.synthetic import generate_corpus
from services.fetcher.app import build
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.settings import FetcherSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from tests.integration.services.test_fetcher import demo_arxiv
from tests.support.arxiv.demo import Site

JITTER = 0.8
"""What a busy machine may take from the time between two requests before the demo arXiv sees the second one."""


def harvest_pages(folder: Path, papers: int, page_size: int, pace: float) -> None:
    """No page is asked for too soon or twice. The time it takes beside the least is printed, and decides nothing."""
    pages = papers // page_size
    options = ("--made-up", str(papers), "--page-size", str(page_size), "--pace", str(pace * JITTER))
    with demo_arxiv(*options) as arxiv:
        settings = {"oai_url": f"{arxiv}/oai", "arxiv_url": arxiv, "pace_seconds": pace, "categories": ()}
        components = build(DataFolder(folder, 0), FetcherSettings.model_validate(settings))
        begun = time.monotonic()
        asyncio.run(components.harvester.run(HarvestPlan(date(2020, 1, 1))))
        seconds = time.monotonic() - begun
        asked = httpx.get(f"{arxiv}/_demo/requests", trust_env=False).json()["requests"]
    assert MetadataStore(components.data).count() == papers
    assert [request["fault"] for request in asked] == [None] * pages
    gaps = [later["monotonic"] - earlier["monotonic"] for earlier, later in pairwise(asked)]
    least = (pages - 1) * pace
    print(f"\n{pages} pages in {seconds:.1f} s, {seconds / least:.2f} times the least; least gap {min(gaps):.3f} s")


@pytest.mark.proof
def test_pages_are_asked_for_at_the_pace_and_once(tmp_path: Path) -> None:
    harvest_pages(tmp_path, papers=250, page_size=50, pace=1.0)


@pytest.mark.slow
def test_20_full_pages_are_asked_for_at_arxivs_pace_and_once(tmp_path: Path) -> None:
    harvest_pages(tmp_path, papers=50_000, page_size=2_500, pace=3.0)


@pytest.mark.proof
async def test_a_full_day_is_harvested_in_at_most_3_requests(tmp_path: Path) -> None:
    site = Site(generate_corpus(9_000))
    site.switchboard.today = date(2020, 1, 21)
    components = site.components(tmp_path, start="2020-01-14")
    await components.daily.run()
    for day in range(1, 4):
        site.switchboard.today = date(2020, 1, 21) + timedelta(days=day)
        site.switchboard.requests.clear()
        run = await components.daily.run()
        assert len(run.new_ids) > 300
        assert len(site.paths()) <= 3
