"""Harvests of other preprint servers over real HTTP: pages, versions, withdrawals, faults, kills, what is announced."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources.registry import Server, Servers, open_servers
from services.fetcher.sources.source_loop import SourceLoop
from shared.contracts import PapersNew
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.source_states import SourceStates
from shared.store.papers.metadata import MetadataStore, Paper
from tests.support.bus.in_memory import FakeBus
from tests.support.outside.preprint_servers import BioRxiv, Fault, Repository, serving

TODAY = datetime.now(UTC).date()
RECENT = [(TODAY - timedelta(days=back)).isoformat() for back in range(7)]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data", min_free_mb=0)
    folder.prepare()
    return folder


@pytest.fixture
def biorxiv() -> Iterator[BioRxiv]:
    server = BioRxiv()
    with serving(server):
        yield server


@pytest.fixture
def hal() -> Iterator[Repository]:
    server = Repository()
    with serving(server):
        yield server


def servers_of(data: DataFolder, **sources: dict[str, Any]) -> Servers:
    tables = {name: {"pace_seconds": 0, **table} for name, table in sources.items()}
    settings = FetcherSettings.model_validate(
        {"sources": tables, "failure_waits_seconds": (0.01, 0.02), "patience_seconds": 1}
    )
    return open_servers(data, settings, Catalogue(MetadataStore(data)))


def bio(data: DataFolder, server: BioRxiv, **facts: Any) -> Server:
    return servers_of(data, biorxiv={"kind": "biorxiv", "address": server.address, **facts}).get("biorxiv")


def repository(data: DataFolder, server: Repository, **facts: Any) -> Server:
    return servers_of(data, hal={"kind": "oai", "address": f"{server.address}/oai", **facts}).get("hal")


async def published(server: Server) -> list[PapersNew]:
    bus = FakeBus()
    await server.outbox.empty(bus)
    return [event for event in bus.published if isinstance(event, PapersNew)]


def stored(data: DataFolder) -> dict[str, Paper]:
    return {paper.paper_id: paper for paper in MetadataStore(data).all()}


async def test_all_pages_are_read_though_the_server_says_that_there_are_more(
    data: DataFolder, biorxiv: BioRxiv
) -> None:
    for number in range(575_001, 575_071):
        biorxiv.post(number, RECENT[1])
    biorxiv.overstated = 20
    server = bio(data, biorxiv)
    state = await server.harvest.run()
    assert state.outcome == "70 new, 0 revised, 0 unchanged"
    assert len(stored(data)) == 70
    (event,) = await published(server)
    assert (len(event.paper_ids), event.run_id, event.reason, event.backfill) == (70, None, "new", False)
    assert await published(server) == []
    assert [path.split("/")[5] for path in biorxiv.asked] == ["0", "30", "60", "70"]


async def test_a_record_becomes_a_paper_with_its_version_licence_and_published_doi(
    data: DataFolder, biorxiv: BioRxiv
) -> None:
    biorxiv.post(
        575_001, RECENT[0], published="10.1038/s41586-026-1", license="cc_by", title="On  <i>memory</i>\n in mice"
    )
    await bio(data, biorxiv).harvest.run()
    (paper,) = stored(data).values()
    assert paper.paper_id == f"biorxiv:10.1101-{RECENT[0].replace('-', '.')}.575001"
    assert paper.authors == ("J. A. Doe", "B. van Dam", "The Consortium")
    assert (paper.version, paper.version_known, paper.published_known) == (1, True, True)
    assert paper.license == "https://creativecommons.org/licenses/by/4.0/"
    assert (paper.doi, paper.primary_category) == ("10.1038/s41586-026-1", "biorxiv.neuroscience")


async def test_versions_of_a_paper_are_one_paper_and_a_later_one_is_a_revision(
    data: DataFolder, biorxiv: BioRxiv
) -> None:
    first = biorxiv.post(575_001, RECENT[5])
    biorxiv.post(575_002, RECENT[4])
    server = bio(data, biorxiv)
    await server.harvest.run()
    await published(server)
    biorxiv.post(575_001, RECENT[0], 2, doi=first, abstract="Now we measured more.")
    state = await server.harvest.run()
    assert state.outcome == "0 new, 1 revised, 1 unchanged"
    paper = stored(data)[f"biorxiv:{first.replace('/', '-')}"]
    assert (paper.version, paper.abstract) == (2, "Now we measured more.")
    assert paper.published_at is not None
    assert paper.published_at.date().isoformat() == RECENT[5]
    assert [event.reason for event in await published(server)] == ["revised"]


async def test_a_new_version_of_an_old_paper_is_known_and_no_candidate_of_the_day(
    data: DataFolder, biorxiv: BioRxiv
) -> None:
    biorxiv.post(475_001, RECENT[0], 3, submitted="2025-03-01")
    server = bio(data, biorxiv)
    await server.harvest.run()
    (event,) = await published(server)
    assert event.backfill


async def test_what_is_withdrawn_is_stored_and_not_announced(data: DataFolder, biorxiv: BioRxiv) -> None:
    biorxiv.post(
        575_001, RECENT[1], 2, title="WITHDRAWN: Neurons", abstract="The authors have withdrawn this manuscript."
    )
    server = bio(data, biorxiv)
    assert (await server.harvest.run()).outcome == "0 new, 0 revised, 1 withdrawn, stored only; 0 unchanged"
    assert [paper.withdrawn for paper in stored(data).values()] == [True]
    assert await published(server) == []


async def test_records_that_are_none_are_named_and_spoil_no_other(data: DataFolder, biorxiv: BioRxiv) -> None:
    biorxiv.post(575_001, RECENT[1], title="")
    biorxiv.post(575_002, RECENT[1])
    biorxiv.post(1, RECENT[1], doi="10.1101/339747")
    biorxiv.records.append("no record")  # type: ignore[arg-type]
    biorxiv.records[-1] = {"date": RECENT[1], "category": "neuroscience"}
    outcome = (await bio(data, biorxiv).harvest.run()).outcome
    assert outcome.startswith("1 new, 0 revised, 0 unchanged; 1 from before December 2019 left out")
    assert "2 could not be read" in outcome
    assert "575001 (it has no title)" in outcome


async def test_only_the_subjects_of_the_settings_are_asked_for(data: DataFolder, biorxiv: BioRxiv) -> None:
    biorxiv.post(575_001, RECENT[1], category="cell biology")
    biorxiv.post(575_002, RECENT[1], category="ecology")
    server = bio(data, biorxiv, categories=["cell biology"])
    await server.harvest.run()
    assert [paper.primary_category for paper in stored(data).values()] == ["biorxiv.cell-biology"]


@pytest.mark.parametrize(
    "answer", [(503, {"Retry-After": "0"}, b""), (200, {}, b"Error : (2002) Connection refused"), (200, {}, b"{}")]
)
async def test_a_failure_that_passes_costs_nothing(
    data: DataFolder, biorxiv: BioRxiv, answer: tuple[int, dict[str, str], bytes]
) -> None:
    biorxiv.post(575_001, RECENT[1])
    biorxiv.faults["/details"] = Fault(answer, 2)
    server = bio(data, biorxiv)
    assert (await server.harvest.run()).outcome.startswith("1 new")
    assert server.problem() is None


async def test_a_server_that_stays_away_says_so_and_the_next_harvest_goes_on_where_this_one_was(
    data: DataFolder, biorxiv: BioRxiv
) -> None:
    for number in range(575_001, 575_046):
        biorxiv.post(number, RECENT[1])
    until = f"/details/biorxiv/{RECENT[0]}"
    since = (TODAY - timedelta(days=7)).isoformat()
    second_page = f"/details/biorxiv/{since}/{until.rsplit('/', 1)[1]}/30"
    biorxiv.faults[second_page] = Fault((500, {}, b""), 4)
    server = bio(data, biorxiv)
    with pytest.raises(TemporaryFailure, match="bioRxiv unreachable since"):
        await server.harvest.run()
    assert len(stored(data)) == 30
    assert "bioRxiv unreachable" in SourceStates(data).get("biorxiv", "bioRxiv").problem
    assert await published(server) == []
    again = bio(data, biorxiv)
    again.client.gate.resume()
    asked = len(biorxiv.asked)
    assert (await again.harvest.run()).outcome == "45 new, 0 revised, 0 unchanged"
    assert biorxiv.asked[asked].startswith(second_page)
    assert [len(event.paper_ids) for event in await published(again)] == [45]
    assert SourceStates(data).get("biorxiv", "bioRxiv").problem == ""


async def test_a_403_stops_this_server_alone(data: DataFolder, biorxiv: BioRxiv, hal: Repository) -> None:
    biorxiv.faults["/details"] = Fault((403, {}, b""), 9)
    hal.deposit("oai:HAL:hal-1", RECENT[1], date=RECENT[2])
    sources = {
        "biorxiv": {"kind": "biorxiv", "address": biorxiv.address},
        "hal": {"kind": "oai", "address": f"{hal.address}/oai"},
    }
    servers = servers_of(data, **sources)
    with pytest.raises(TemporaryFailure, match="Requests to bioRxiv stopped"):
        await servers.get("biorxiv").harvest.run()
    assert len(biorxiv.asked) == 1
    assert (await servers.get("hal").harvest.run()).outcome.startswith("1 new")


async def test_events_are_of_at_most_500_papers_and_come_again_with_their_ids_after_a_kill(
    data: DataFolder, biorxiv: BioRxiv
) -> None:
    for number in range(575_001, 575_602):
        biorxiv.post(number, RECENT[1])
    server = bio(data, biorxiv)
    await server.harvest.run()
    folder = data.path("state", "fetcher", "sources", "biorxiv", "outbox")
    (path,) = folder.glob("*.json")
    kept = path.read_text()
    first = await published(server)
    assert [len(event.paper_ids) for event in first] == [500, 101]
    path.write_text(kept)
    assert [event.event_id for event in await published(server)] == [event.event_id for event in first]
    assert json.loads(kept)["past_new"] == 0


async def test_an_outbox_that_cannot_be_read_is_set_aside_and_holds_up_no_other(
    data: DataFolder, biorxiv: BioRxiv
) -> None:
    biorxiv.post(575_001, RECENT[1])
    server = bio(data, biorxiv)
    await server.harvest.run()
    folder = data.path("state", "fetcher", "sources", "biorxiv", "outbox")
    (folder / "0.json").write_text("{")
    assert [len(event.paper_ids) for event in await published(server)] == [1]
    assert [path.name for path in folder.iterdir()] == ["0.unreadable"]


async def test_a_repository_is_read_over_its_resumption_tokens(data: DataFolder, hal: Repository) -> None:
    for number in range(1, 6):
        hal.deposit(f"oai:HAL:hal-{number}", RECENT[2], date=RECENT[3], creator=["Doe, Jane", "Plain Name"])
    server = repository(data, hal)
    assert (await server.harvest.run()).outcome == "5 new, 0 revised, 0 unchanged"
    paper = stored(data)[f"hal:{RECENT[3][2:4]}{RECENT[3][5:7]}.HAL_hal-1"]
    assert (paper.authors, paper.primary_category) == (("Jane Doe", "Plain Name"), "hal")
    assert paper.published_at is not None
    assert paper.published_at.date().isoformat() == RECENT[3]
    assert sum("resumptionToken" in path for path in hal.asked) == 2


async def test_a_token_that_expires_begins_the_list_again_and_counts_nothing_twice(
    data: DataFolder, hal: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        hal.deposit(f"oai:HAL:hal-{number}", RECENT[2], date=RECENT[3])
    respond = hal.respond

    def expiring(path: str) -> Any:
        if "resumptionToken" in path and hal.generation == 0:
            hal.generation = 1
        return respond(path)

    monkeypatch.setattr(hal, "respond", expiring)
    server = repository(data, hal)
    assert (await server.harvest.run()).outcome == "5 new, 0 revised, 0 unchanged"
    assert [len(event.paper_ids) for event in await published(server)] == [5]


async def test_a_list_that_never_ends_fails_with_its_reason(
    data: DataFolder, hal: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 4):
        hal.deposit(f"oai:HAL:hal-{number}", RECENT[2])
    respond = hal.respond

    def circling(path: str) -> Any:
        since = (TODAY - timedelta(days=7)).isoformat()
        status, headers, body = respond(path)
        token = f"<resumptionToken>{since}|0|0</resumptionToken>".encode()
        return status, headers, body.replace(b"<resumptionToken></resumptionToken>", token)

    monkeypatch.setattr(hal, "respond", circling)
    with pytest.raises(TemporaryFailure, match="keeps breaking off: it gave the same place twice"):
        await repository(data, hal).harvest.run()


async def test_a_paper_stays_itself_when_its_repository_changes_its_date(data: DataFolder, hal: Repository) -> None:
    hal.deposit("oai:HAL:hal-1v1", RECENT[5], date="2026-03-02")
    server = repository(data, hal)
    await server.harvest.run()
    hal.records.clear()
    hal.deposit("oai:HAL:hal-1v2", RECENT[1], date="2025-12-24", description="Said better.")
    again = repository(data, hal)
    assert (await again.harvest.run()).outcome == "0 new, 1 revised, 0 unchanged"
    (paper,) = stored(data).values()
    assert (paper.paper_id, paper.version, paper.abstract) == ("hal:2603.HAL_hal-1", 2, "Said better.")


async def test_a_deleted_record_is_a_withdrawn_paper(data: DataFolder, hal: Repository) -> None:
    hal.deposit("oai:HAL:hal-1", RECENT[5])
    server = repository(data, hal)
    await server.harvest.run()
    hal.deposit("oai:HAL:hal-1", RECENT[1], deleted=True)
    hal.deposit("oai:HAL:hal-9", RECENT[1], deleted=True)
    await server.harvest.run()
    assert [paper.withdrawn for paper in stored(data).values()] == [True]


async def test_what_a_repository_refuses_is_said(data: DataFolder, hal: Repository) -> None:
    refused = (
        b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="noSetHierarchy">no sets</error></OAI-PMH>'
    )
    hal.faults["/oai"] = Fault((200, {}, refused))
    with pytest.raises(PermanentFailure, match="hal rejected the request of a: noSetHierarchy: no sets"):
        await repository(data, hal, sets=["a"]).harvest.run()


async def test_what_was_stored_by_a_harvest_of_other_settings_is_announced(data: DataFolder, hal: Repository) -> None:
    for number in range(1, 4):
        hal.deposit(f"oai:HAL:hal-{number}", RECENT[2])
    hal.faults["/oai?verb=ListRecords&resumptionToken"] = Fault((500, {}, b""), 4)
    with pytest.raises(TemporaryFailure):
        await repository(data, hal).harvest.run()
    other = repository(data, hal, sets=["collection"])
    other.client.gate.resume()
    await other.harvest.run()
    assert sorted(len(event.paper_ids) for event in await published(other)) == [1, 2]


async def test_papers_are_looked_up_one_by_one(data: DataFolder, biorxiv: BioRxiv) -> None:
    doi = biorxiv.post(575_001, RECENT[6])
    biorxiv.post(575_001, RECENT[5], 2, doi=doi)
    servers = servers_of(data, biorxiv={"kind": "biorxiv", "address": biorxiv.address})
    paper_id = f"biorxiv:{doi.replace('/', '-')}"
    other = "biorxiv:10.1101-2026.01.01.999999"
    reply = await servers.look_up([paper_id, other, "medrxiv:10.1101-2026.01.01.26999999"])
    assert reply.found == (paper_id,)
    assert stored(data)[paper_id].version == 2
    assert reply.missing[other] == f"bioRxiv has no paper {other}"
    assert "not among [fetcher.sources]" in reply.missing["medrxiv:10.1101-2026.01.01.26999999"]


async def test_a_server_is_due_by_its_own_hours(data: DataFolder, biorxiv: BioRxiv) -> None:
    server = bio(data, biorxiv)
    now = [datetime.now(UTC)]
    loop = SourceLoop(server.harvest, server.outbox, FakeBus(), 24, (10,), lambda: now[0])
    assert loop.is_due()
    await server.harvest.run()
    assert not loop.is_due()
    now[0] += timedelta(hours=25)
    assert loop.is_due()
    now[0] -= timedelta(days=30)
    assert loop.is_due()  # the last one lies in the future: the clock was wrong then


def test_the_first_day_is_that_of_the_settings(data: DataFolder, biorxiv: BioRxiv) -> None:
    server = bio(data, biorxiv, start="2026-01-05")
    assert server.settings.start == date(2026, 1, 5)
