"""The full text of papers of other servers: PDFs where they are allowed, else an honest reason."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import ConversionJob, Converter
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources.registry import open_servers
from services.fetcher.sources.server_documents import ServerDocuments
from shared.errors import TemporaryFailure
from shared.paper_labels import source_of_pages
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore, Section
from shared.store.papers.metadata import MetadataStore, Paper
from tests.support.outside.preprint_servers import BioRxiv, Fault, serving

DAY = datetime.now(UTC).date().isoformat()
TEXT = Converted(
    status="converted", route="pdf", grade="fair", markdown="# T\n", sections=(Section(title="", level=1, text="x"),)
)


class PdfConverter(Converter):
    """Gives one text for any PDF."""

    def convert(self, job: ConversionJob) -> Converted:
        assert Path(job.path).read_bytes().startswith(b"%PDF")
        return TEXT


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


class Reading:
    """A paper of bioRxiv that was harvested, and what reads it."""

    def __init__(self, data: DataFolder, server: BioRxiv, **table: Any) -> None:
        self.data, self.server = data, server
        doi = server.post(675_001, DAY)
        self.paper_id = f"biorxiv:{doi.replace('/', '-')}"
        source = {"kind": "biorxiv", "address": server.address, "site": server.address, "pace_seconds": 0, **table}
        self.settings = FetcherSettings.model_validate(
            {"sources": {"biorxiv": source}, "failure_waits_seconds": (0.01,), "patience_seconds": 1}
        )
        self.catalogue = Catalogue(MetadataStore(data))
        self.servers = open_servers(data, self.settings, self.catalogue)
        self.documents = ServerDocuments(self.servers, self.catalogue, data, self.settings, PdfConverter())

    async def harvested(self) -> "Reading":
        await self.servers.get("biorxiv").harvest.run()
        self.server.asked.clear()
        return self


async def test_the_pdf_of_the_newest_version_is_fetched_once_and_converted(data: DataFolder, biorxiv: BioRxiv) -> None:
    reading = await Reading(data, biorxiv).harvested()
    reply = await reading.documents.get(reading.paper_id)
    assert (reply.status, reply.route, reply.grade, reply.version) == ("converted", "pdf", "fair", 1)
    assert await reading.documents.get(reading.paper_id) == reply
    assert biorxiv.asked == ["/robots.txt", f"/content/{reading.paper_id[8:].replace('-', '/', 1)}v1.full.pdf"]
    assert DocumentStore(data).markdown(reading.paper_id, 1) == "# T\n"


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        ({"robots": "User-agent: *\nDisallow: /content/"}, "robots.txt keeps automatic readers"),
        ({"pdf": b"<html>Just a moment...</html>"}, "bioRxiv gave no PDF of version 1"),
    ],
)
async def test_where_there_is_no_pdf_to_have_the_reason_is_said(
    data: DataFolder, biorxiv: BioRxiv, prepare: dict[str, Any], reason: str
) -> None:
    reading = await Reading(data, biorxiv).harvested()
    for name, value in prepare.items():
        setattr(biorxiv, name, value)
    reply = await reading.documents.get(reading.paper_id)
    assert reply.status == "missing"
    assert reason in reply.detail


async def test_a_refusal_stops_the_site_and_not_the_harvest(data: DataFolder, biorxiv: BioRxiv) -> None:
    reading = await Reading(data, biorxiv).harvested()
    biorxiv.faults["/content"] = Fault((403, {}, b""), 5)
    reply = await reading.documents.get(reading.paper_id)
    assert (reply.status, "refuses automatic readers (403)" in reply.detail) == ("missing", True)
    server = reading.servers.get("biorxiv")
    assert "Requests to bioRxiv's site stopped" in str(server.problem())
    assert (await server.harvest.run()).problem == ""
    await reading.documents.get(reading.paper_id)
    assert sum(path.startswith("/content") for path in biorxiv.asked) == 1


async def test_a_site_that_is_away_is_asked_again_later(data: DataFolder, biorxiv: BioRxiv) -> None:
    reading = await Reading(data, biorxiv).harvested()
    biorxiv.faults["/content"] = Fault((503, {}, b""), 4)
    with pytest.raises(TemporaryFailure, match="bioRxiv's site unreachable"):
        await reading.documents.get(reading.paper_id)


async def test_abstracts_alone_where_the_settings_say_so(data: DataFolder, biorxiv: BioRxiv) -> None:
    reading = await Reading(data, biorxiv, full_text=False).harvested()
    reply = await reading.documents.get(reading.paper_id)
    assert (reply.status, "full_text is off" in reply.detail) == ("missing", True)
    assert biorxiv.asked == []


async def test_a_paper_of_a_server_that_left_the_settings_says_so(data: DataFolder, biorxiv: BioRxiv) -> None:
    reading = await Reading(data, biorxiv).harvested()
    paper = Paper("hal:2611.HAL_hal-1", 1, "T", "A", (), (), "hal", None, None, source=source_of_pages("", ""))
    await reading.catalogue.put([paper])
    reply = await reading.documents.get("hal:2611.HAL_hal-1")
    assert "not in the settings" in reply.detail
