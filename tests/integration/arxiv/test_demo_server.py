"""The demo arXiv as a process of its own on a real port: each address and each fault once."""

import gzip
import io
import signal
import subprocess
import sys
import tarfile
import time
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[3]
OAI = "{http://www.openarchives.org/OAI/2.0/}"
LIST = "/oai?verb=ListRecords&metadataPrefix=arXiv"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with run_server("--page-size", "50", "--expire-tokens") as (_, url):
        yield url


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=10) as client:
        client.delete("/_demo/faults")
        client.post("/_demo/today", json={"today": "2026-11-06"})
        client.delete("/_demo/requests")
        yield client
        client.delete("/_demo/faults")


class run_server:
    """Starts a server, waits for the line that says where it is, and ends it with SIGTERM."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "deploy.demo", "--port", "0", *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self) -> tuple[subprocess.Popen[str], str]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            assert self.process.stderr is not None
            pytest.fail(f"the server did not start: {self.process.stderr.read()}")
        return self.process, line.split()[-1]

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)


def test_it_ends_cleanly_on_sigterm() -> None:
    with run_server() as (process, url):
        assert httpx.get(f"{url}/oai?verb=Identify").status_code == 200
    assert process.returncode == 0


def test_a_port_already_taken_is_one_clear_line() -> None:
    with run_server() as (_, url):
        port = url.rpartition(":")[2]
        command = [sys.executable, "-m", "deploy.demo", "--port", port]
        second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert second.returncode == 1
    assert len(second.stderr.splitlines()) == 1


def test_a_whole_harvest_over_pages(client: httpx.Client) -> None:
    root = ET.fromstring(client.get(LIST).content)
    found = [element.text for element in root.iter(f"{OAI}identifier")]
    while token := root.findtext(f".//{OAI}resumptionToken"):
        root = ET.fromstring(client.get("/oai", params={"verb": "ListRecords", "resumptionToken": token}).content)
        found += [element.text for element in root.iter(f"{OAI}identifier")]
    headers = ET.fromstring(client.get("/oai?verb=ListIdentifiers&metadataPrefix=arXiv").content)
    assert len(found) >= 120
    assert found == [element.text for element in headers.iter(f"{OAI}identifier")]
    assert len(client.get("/_demo/requests").json()["requests"]) == 4


@pytest.mark.parametrize(
    ("path", "status", "media_type"),
    [
        ("/oai?verb=Identify", 200, "text/xml"),
        ("/oai?verb=ListSets", 200, "text/xml"),
        ("/oai?verb=ListMetadataFormats", 200, "text/xml"),
        ("/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:arXiv.org:2610.20101", 200, "text/xml"),
        ("/oai?verb=Nope", 200, "text/xml"),
        ("/rss/cs.LG+cs.CL", 200, "application/rss+xml"),
        ("/atom/cs", 200, "application/atom+xml"),
        ("/rss/nonsense", 400, "text/plain"),
        ("/api/query?search_query=all:electron", 200, "application/atom+xml"),
        ("/api/query?id_list=abc", 400, "application/atom+xml"),
        ("/abs/2610.20101", 200, "text/html"),
        ("/abs/hep-th/9901001v1", 200, "text/html"),
        ("/abs/2610.20101v2", 404, "text/html"),
        ("/html/2610.20402", 200, "text/html"),
        ("/html/2610.20101", 404, "text/html"),
        ("/src/2610.20101", 200, "application/gzip"),
        ("/e-print/2610.20101v1", 200, "application/x-eprint-tar"),
        ("/e-print/2610.20105", 200, "application/x-eprint"),
        ("/e-print/2610.20903", 200, "application/pdf"),
        ("/pdf/2610.20101", 200, "application/pdf"),
        ("/pdf/2610.20101v1.pdf", 200, "application/pdf"),
        ("/src/2610.20607", 200, "text/html"),
        ("/e-print/2610.20607v1", 200, "application/x-eprint"),
        ("/src/2601.00001", 404, "text/html"),
        ("/robots.txt", 200, "text/plain"),
    ],
)
def test_every_address_answers(client: httpx.Client, path: str, status: int, media_type: str) -> None:
    with client.stream("GET", path) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(media_type)
    if "xml" in media_type:
        ET.fromstring(body)
    if media_type == "application/pdf":
        assert body.startswith(b"%PDF-")


def test_sources_come_packed_and_with_an_encoding_that_clients_leave_alone(client: httpx.Client) -> None:
    tar = client.get("/e-print/2610.20101")
    assert tar.headers["content-encoding"] == "x-gzip"
    with tarfile.open(fileobj=io.BytesIO(tar.content)) as archive:
        assert {"main.tex", "regret.sty", "main.bbl"} <= set(archive.getnames())
    assert b"\\documentclass" in gzip.decompress(client.get("/e-print/2610.20105").content)
    with tarfile.open(fileobj=io.BytesIO(client.get("/src/2610.20105").content)) as archive:
        assert archive.getnames() == ["cache.tex"]


def test_a_later_day_shows_later_papers(client: httpx.Client) -> None:
    client.post("/_demo/today", json={"today": "2026-10-26"})
    first = ET.fromstring(client.get("/oai?verb=ListIdentifiers&metadataPrefix=arXiv&from=2026-10-26").content)
    assert client.get("/abs/2611.00110").status_code == 404
    client.post("/_demo/today", json={"today": "2026-10-27"})
    second = ET.fromstring(client.get("/oai?verb=ListIdentifiers&metadataPrefix=arXiv&from=2026-10-26").content)
    assert 0 < len(list(first.iter(f"{OAI}header"))) < len(list(second.iter(f"{OAI}header")))


def test_a_token_of_yesterday_has_expired(client: httpx.Client) -> None:
    client.post("/_demo/today", json={"today": "2026-11-05"})
    token = ET.fromstring(client.get(LIST).content).findtext(f".//{OAI}resumptionToken") or ""
    query = {"verb": "ListRecords", "resumptionToken": token}
    assert b"badResumptionToken" not in client.get("/oai", params=query).content
    client.post("/_demo/today", json={"today": "2026-11-06"})
    assert b"badResumptionToken" in client.get("/oai", params=query).content


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("503", 503),
        ("503-date", 503),
        ("503-silent", 503),
        ("429", 429),
        ("403", 403),
        ("406", 406),
        ("rate-exceeded", 200),
    ],
)
def test_a_refusal_happens_as_often_as_asked_for(client: httpx.Client, kind: str, status: int) -> None:
    client.post("/_demo/faults", json={"kind": kind, "path": "/oai", "times": 1})
    refused = client.get(LIST)
    assert refused.status_code == status
    assert (kind == "rate-exceeded") == (refused.status_code == 200 and refused.text == "Rate exceeded.")
    assert client.get(LIST).content.startswith(b"<?xml")
    assert client.get("/_demo/requests").json()["faults"] == {kind: 1}


def test_a_truncated_answer_is_whole_for_http_but_not_for_xml(client: httpx.Client) -> None:
    client.post("/_demo/faults", json="truncated:/oai:1")
    with pytest.raises(ET.ParseError):
        ET.fromstring(client.get(LIST).content)


def test_a_dropped_connection_is_an_error_of_the_network(client: httpx.Client) -> None:
    client.post("/_demo/faults", json="dropped:/oai:1")
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(LIST)
    assert client.get(LIST).status_code == 200


def test_a_slow_answer_takes_its_time(client: httpx.Client) -> None:
    client.post("/_demo/faults", json={"kind": "slow", "seconds": 0.3, "times": 1})
    started = time.monotonic()
    assert client.get("/oai?verb=Identify").status_code == 200
    assert time.monotonic() - started >= 0.3


def test_spoilt_answers(client: httpx.Client) -> None:
    for fault in ("empty-page:1", "stale-none:1", "token-expired:1", "garbage:/src/2610.20102:1"):
        client.post("/_demo/faults", json=fault)
    page = ET.fromstring(client.get("/api/query?search_query=cat:cs.LG").content)
    assert int(page.findtext("{http://a9.com/-/spec/opensearch/1.1/}totalResults") or 0) > 0
    assert page.find("{http://www.w3.org/2005/Atom}entry") is None
    assert b"noRecordsMatch" in client.get(LIST).content
    token = ET.fromstring(client.get(LIST).content).findtext(f".//{OAI}resumptionToken") or ""
    query = {"verb": "ListRecords", "resumptionToken": token}
    assert b"badResumptionToken" in client.get("/oai", params=query).content
    with (
        pytest.raises((tarfile.TarError, zlib.error)),
        tarfile.open(fileobj=io.BytesIO(client.get("/src/2610.20102").content)),
    ):
        pytest.fail("garbage was opened")
    assert client.get("/_demo/faults").json() == {"faults": []}


def test_an_unknown_fault_is_refused(client: httpx.Client) -> None:
    answer = client.post("/_demo/faults", json={"kind": "tornado"})
    assert answer.status_code == 400
    assert "rate-exceeded" in answer.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain", "Origin": "https://evil.example"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json", "Origin": "https://evil.example"},
        {"Content-Type": "application/json", "Host": "evil.example"},
        {"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_web_page_switches_no_fault_on(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.post("/_demo/faults", content='"403:/oai"', headers=headers).status_code == 403
    assert client.get("/_demo/faults").json() == {"faults": []}
    assert client.get("/oai?verb=Identify").status_code == 200


def test_what_a_web_page_asks_spends_no_fault_and_no_pace(client: httpx.Client) -> None:
    client.post("/_demo/faults", json="503:/oai:1")
    client.delete("/_demo/requests")
    assert client.get(LIST, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/_demo/requests").json() == {"requests": [], "faults": {}}
    assert client.get(LIST).status_code == 503


@pytest.mark.parametrize("content", ["", "{", "[1]", "7", '{"kind": 5}', '{"colour": "red"}'])
def test_a_switch_that_is_none_is_refused_in_words(client: httpx.Client, content: str) -> None:
    answer = client.post("/_demo/faults", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_drip_comes_byte_by_byte(client: httpx.Client) -> None:
    client.post("/_demo/faults", json={"kind": "drip", "seconds": 0.01, "times": 1})
    with client.stream("GET", "/robots.txt") as answer:
        assert len(list(answer.iter_raw())) > 1
    assert client.get("/robots.txt").status_code == 200


def test_a_hurried_client_is_told_to_slow_down() -> None:
    with run_server("--pace", "5") as (_, url):
        assert httpx.get(f"{url}/oai?verb=Identify").status_code == 200
        assert httpx.get(f"{url}/oai?verb=Identify").status_code == 429
        assert httpx.get(f"{url}/_demo/requests").json()["faults"] == {"429": 1}
        httpx.post(f"{url}/_demo/pace", json={"seconds": 0})
        assert httpx.get(f"{url}/oai?verb=Identify").status_code == 200
