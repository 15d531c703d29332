from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from services.fetcher.app import new_gate
from services.fetcher.arxiv.client import Arxiv, TooLarge, user_agent
from services.fetcher.arxiv.gate import ArxivStopped
from services.fetcher.arxiv.oai import parse
from shared.errors import TemporaryFailure
from tests.support.arxiv.demo import data_folder, demo_settings
from tests.unit.fetcher.arxiv.test_oai import answer, record

GOOD = answer(f"<ListRecords>{record()}</ListRecords>")
Reply = httpx.Response | Exception


class Script:
    """Answers in turn; the last one for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply


def arxiv_over(script: Callable[[httpx.Request], httpx.Response], folder: Path, **settings: object) -> Arxiv:
    made = demo_settings(**settings)
    return Arxiv(made, new_gate(data_folder(folder), made), httpx.MockTransport(script))


@pytest.mark.parametrize(
    "refusal",
    [
        httpx.Response(503),
        httpx.Response(503, headers={"Retry-After": "0"}),
        httpx.Response(429, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
        httpx.Response(406),
        httpx.Response(500),
        httpx.Response(200, content=b"Rate exceeded."),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=GOOD[:-30]),
        httpx.Response(200, content=b"<html>maintenance</html>"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("peer closed connection"),
        httpx.ConnectError("refused"),
        httpx.DecodingError("zstd"),
        httpx.TooManyRedirects("20"),
        httpx.UnsupportedProtocol("gopher"),
        httpx.ProxyError("proxy"),
        httpx.PoolTimeout("pool"),
        httpx.InvalidURL("URL too long"),
        httpx.StreamConsumed(),
        httpx.Response(301, headers={"Location": "https://arxiv.test:99999999/x"}),
        httpx.Response(301, headers={"Location": "http://[::1/x"}),
        httpx.Response(503, headers=[(b"Retry-After", "²".encode("latin-1"))]),
        httpx.Response(200, content=GOOD.replace(b"UTF-8", b"klingon")),
        httpx.Response(200, content=b"\xff\xfe" + GOOD.decode().encode("utf-16-le")),
    ],
)
async def test_each_refusal_is_asked_again_until_there_is_an_answer(tmp_path: Path, refusal: Reply) -> None:
    script = Script(refusal, httpx.Response(200, content=GOOD))
    arxiv = arxiv_over(script, tmp_path)
    page = await arxiv.oai({"verb": "ListRecords"}, parse)
    assert len(page.records) == 1
    assert len(script.asked) == 2
    assert arxiv.gate.problem() is None


async def test_a_long_pause_that_arxiv_asks_for_goes_back_to_who_asked_and_nobody_asks_meanwhile(
    tmp_path: Path,
) -> None:
    script = Script(httpx.Response(503, headers={"Retry-After": "600"}))
    arxiv = arxiv_over(script, tmp_path)
    for _ in range(2):
        with pytest.raises(TemporaryFailure, match="503 Service Unavailable") as it:
            await arxiv.oai({"verb": "ListRecords"}, parse)
        assert it.value.retry_in_seconds == pytest.approx(600, abs=5)
    assert len(script.asked) == 1


async def test_after_a_403_nothing_is_asked_any_more(tmp_path: Path) -> None:
    script = Script(httpx.Response(403))
    with pytest.raises(ArxivStopped):
        await arxiv_over(script, tmp_path).oai({"verb": "ListRecords"}, parse)
    with pytest.raises(ArxivStopped):
        await arxiv_over(script, tmp_path).eprint("2611.00001")
    assert len(script.asked) == 1


async def test_a_missing_source_is_an_answer_and_no_failure(tmp_path: Path) -> None:
    arxiv = arxiv_over(Script(httpx.Response(404)), tmp_path)
    assert (await arxiv.eprint("2611.00001")).is_absent
    assert arxiv.gate.problem() is None


async def test_too_large_a_source_is_not_read_to_its_end(tmp_path: Path) -> None:
    script = Script(httpx.Response(200, content=b"x" * (1024**2 + 1)))
    with pytest.raises(TooLarge, match="larger than 1 MB"):
        await arxiv_over(script, tmp_path, document_max_mb=1).eprint("2611.00001")


async def test_a_redirect_is_followed_within_arxiv_only(tmp_path: Path) -> None:
    home = Script(httpx.Response(301, headers={"Location": "/src/x"}), httpx.Response(200, content=b"source"))
    assert (await arxiv_over(home, tmp_path).eprint("hep-th/9901001")).body == b"source"
    assert [request.url.path for request in home.asked] == ["/e-print/hep-th/9901001", "/src/x"]
    away = Script(httpx.Response(301, headers={"Location": "https://evilarxiv.org/x"}))
    with pytest.raises(TemporaryFailure, match=r"redirected to evilarxiv\.org"):
        await arxiv_over(away, tmp_path / "away").eprint("2611.00001")
    assert {request.url.host for request in away.asked} == {"arxiv.test"}


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://arxiv.test", "http://arxiv.test/x"),
        ("https://export.arxiv.org", "http://export.arxiv.org/x"),
        ("https://export.arxiv.org", "http://arxiv.org/x"),
        ("https://export.arxiv.org", "http://export.arxiv.org:443/x"),
        ("http://arxiv.test", "ftp://arxiv.test/x"),
        ("http://arxiv.test", "http://arxiv.test:81/x"),
        ("https://export.arxiv.org", "https://arxiv.org.evil.example/x"),
        ("https://export.arxiv.org", "https://arxiv.org@evil.example/x"),
    ],
)
async def test_no_redirect_leads_off_arxiv_or_from_https_to_http(tmp_path: Path, address: str, target: str) -> None:
    script = Script(httpx.Response(301, headers={"Location": target}), httpx.Response(200, content=b"source"))
    arxiv = arxiv_over(script, tmp_path, arxiv_url=address)
    assert (await arxiv.eprint("2611.00001")).body == b"source"
    assert [str(request.url) for request in script.asked] == [f"{address}/e-print/2611.00001"] * 2


async def test_what_a_reader_stumbles_over_is_asked_for_again_and_never_a_traceback(tmp_path: Path) -> None:
    arxiv = arxiv_over(Script(httpx.Response(200, content=b"x")), tmp_path)

    def stumble(body: bytes) -> int:
        return int(body)

    with pytest.raises(TemporaryFailure, match=r"cannot be read \(invalid literal"):
        await arxiv.oai({"verb": "Identify"}, stumble)


async def test_a_page_that_is_too_large_is_a_failure_that_may_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.fetcher.arxiv.polite_client._PAGE_MAX_BYTES", 100)
    with pytest.raises(TemporaryFailure, match="an answer larger than 0 MB"):
        await arxiv_over(Script(httpx.Response(200, content=GOOD)), tmp_path).oai({"verb": "ListRecords"}, parse)


async def test_arxiv_is_told_who_asks(tmp_path: Path) -> None:
    script = Script(httpx.Response(200, content=GOOD))
    await arxiv_over(script, tmp_path, contact="mailto:me@example.org").oai({"verb": "Identify"}, parse)
    assert script.asked[0].headers["User-Agent"] == user_agent("mailto:me@example.org")
    assert script.asked[0].headers["User-Agent"].endswith(" (+mailto:me@example.org)")
