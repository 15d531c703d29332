from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.fetcher.arxiv.client import Garbled
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.metadata.version_numbers import History, correct_versions, history_of, parse_history
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import Site, demo_corpus


async def test_the_exact_version_is_asked_for_and_noted(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    await components.harvester.run(HarvestPlan(date(2026, 10, 1)))
    revised = next(paper for paper in demo_corpus().papers.values() if len(paper.announced) > 1)
    versions = await correct_versions([revised.paper_id, "2612.99999"], components.arxiv, components.catalogue)
    assert versions == {revised.paper_id: len(revised.announced)}
    stored = await components.catalogue.get([revised.paper_id])
    assert stored[revised.paper_id].version == len(revised.announced)


def test_what_is_no_answer_is_garbled() -> None:
    with pytest.raises(Garbled):
        parse_history(b"<html/>")


async def test_a_version_that_was_counted_too_high_is_corrected_downward_and_the_first_day_repaired(
    tmp_path: Path,
) -> None:
    components = Site().components(tmp_path)
    await components.harvester.run(HarvestPlan(date(2026, 10, 1)))
    paper = next(paper for paper in demo_corpus().papers.values() if len(paper.announced) == 1)
    (stored,) = (await components.catalogue.get([paper.paper_id])).values()
    MetadataStore(components.data).put([replace(stored, version=4, published_at=None)])
    assert await correct_versions([paper.paper_id], components.arxiv, components.catalogue) == {paper.paper_id: 1}
    (corrected,) = (await components.catalogue.get([paper.paper_id])).values()
    assert (corrected.version, corrected.version_known, corrected.published_known) == (1, True, True)
    assert corrected.published_at == paper.versions[0].submitted
    run = await components.harvester.run(HarvestPlan(date(2026, 10, 2)))
    assert paper.paper_id not in run.revised_ids
    assert (await components.catalogue.get([paper.paper_id]))[paper.paper_id] == corrected


def test_a_history_is_told_by_the_highest_number_and_only_a_first_version_tells_the_first_day() -> None:
    listed = iter([("v3", "Tue, 24 Jul 2007 20:10:27 GMT"), ("v2", "garbage"), ("v٤", "x"), ("", None)])
    assert history_of(listed) == History(3, None, datetime(2007, 7, 24, 20, 10, 27, tzinfo=UTC))
    assert history_of(iter([])) is None
