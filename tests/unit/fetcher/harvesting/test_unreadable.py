"""Records that no parser reads: the harvest and the audit go on, name them, and ask for each once more."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.misbehaviour.faults import parse_fault
from services.fetcher.app import Components
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.metadata.lookup import look_up
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import Site

pytestmark = pytest.mark.attack

ALL = HarvestPlan(date(2026, 10, 1))
BROKEN = "2610.20101"


def spoilt(components: Components, monkeypatch: pytest.MonkeyPatch, mark: bytes, *, alone: bool) -> None:
    """arXiv spoils one paper's record wherever it is listed; and, with `alone`, where it is asked for alone."""
    oai = components.arxiv.oai

    async def spoiling(arguments: Mapping[str, str], read: Any) -> Any:
        def spoil(body: bytes) -> Any:
            if arguments["verb"] == "GetRecord" and not alone:
                return read(body)
            start = body.find(f"<identifier>oai:arXiv.org:{BROKEN}<".encode())
            end = body.find(b"</title>", start)
            return read(body[:end] + mark + body[end:] if start >= 0 and end >= 0 else body)

        return await oai(arguments, spoil)

    monkeypatch.setattr(components.arxiv, "oai", spoiling)


def get_records(site: Site) -> int:
    return sum("GetRecord" in path for path in site.paths())


async def test_illegal_characters_stop_no_harvest_and_lose_no_paper(tmp_path: Path) -> None:
    site = Site(page_size=50, faults=("control-character:/oai",))
    components = site.components(tmp_path)
    run = await components.harvester.run(ALL)
    assert (len(run.new_ids), run.unreadable, run.outcome) == (126, (), run.outcome)
    assert MetadataStore(components.data).count() == 128
    assert "\x0c" not in "".join(paper.abstract for paper in MetadataStore(components.data).all())
    assert str(await components.auditor.run(ALL)).startswith("audit: all 128 papers")


async def test_a_broken_record_is_asked_for_alone_and_read_there(tmp_path: Path) -> None:
    site = Site(page_size=50, faults=("broken-record:/oai:1",))
    components = site.components(tmp_path)
    run = await components.harvester.run(ALL)
    assert (len(run.new_ids) + run.filtered, run.unreadable) == (128, ())
    assert get_records(site) == 1


async def test_what_stays_unreadable_is_named_and_asked_for_once_more_and_never_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(page_size=50)
    components = site.components(tmp_path)
    spoilt(components, monkeypatch, b" < ", alone=True)
    run = await components.harvester.run(ALL)
    assert run.unreadable == (BROKEN,)
    assert run.outcome.endswith(f"1 record from arXiv could not be read: {BROKEN}")
    assert MetadataStore(components.data).count() == 127
    assert get_records(site) == 1
    for _ in range(2):
        finding = await components.auditor.run(ALL)
        assert finding.unreadable == (BROKEN,)
        assert f"1 could not be read: {BROKEN}" in str(finding)
        await components.harvester.run(ALL)
    assert get_records(site) == 1


async def test_a_record_that_was_mended_is_read_and_no_longer_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(page_size=50)
    components = site.components(tmp_path)
    with monkeypatch.context() as patch:
        spoilt(components, patch, b" < ", alone=True)
        await components.harvester.run(ALL)
    run = await components.harvester.run(ALL)
    assert (run.new_ids, run.unreadable) == ((BROKEN,), ())
    assert str(await components.auditor.run(ALL)).startswith("audit: all 128 papers")


async def test_the_audit_fetches_what_only_the_lists_spoil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(page_size=50)
    components = site.components(tmp_path)
    spoilt(components, monkeypatch, b"<b>", alone=False)
    run = await components.harvester.run(ALL)
    assert (len(run.new_ids) + run.filtered, run.unreadable) == (128, ())


async def test_a_paper_whose_record_cannot_be_read_is_looked_up_by_the_query_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    components = Site().components(tmp_path)
    spoilt(components, monkeypatch, b" < ", alone=True)
    assert (await look_up((BROKEN,), components.arxiv, components.catalogue)).found == (BROKEN,)


async def test_a_page_of_nothing_but_broken_records_is_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.fetcher.arxiv.oai_xml._MOST_UNREADABLE", 10)
    components = Site(faults=("broken-record:/oai:1",)).components(tmp_path)
    oai = components.arxiv.oai
    first = True

    async def spoiling(arguments: Mapping[str, str], read: Any) -> Any:
        def spoil(body: bytes) -> Any:
            nonlocal first
            was_first, first = first, False
            return read(body.replace(b"</title>", b"<</title>") if was_first else body)

        return await oai(arguments, spoil)

    monkeypatch.setattr(components.arxiv, "oai", spoiling)
    run = await components.harvester.run(ALL)
    assert len(run.new_ids) + run.filtered == 128


def test_the_switch_for_broken_records_meets_only_records() -> None:
    fault = parse_fault("broken-record:/oai")
    assert fault.meets("/oai", "verb=GetRecord")
    assert not fault.meets("/oai", "verb=ListIdentifiers")
