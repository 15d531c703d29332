"""Corrupt and overlong headers, tokens and addresses are refused, never an error of ours."""

import pytest

from services.publisher.access.policy import BROWSER_COOKIE, COOKIE
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.reader import HTML, FakeReader, reader
from tests.support.folders.seed import seed

TOKEN = "a-token-of-decent-length"
OWN = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def guarded(data: DataFolder) -> FakeReader:
    return reader(data, token=TOKEN)


@pytest.fixture(scope="module")
def fake_reader(tmp_path_factory: pytest.TempPathFactory) -> FakeReader:
    return reader(seed(tmp_path_factory.mktemp("reader")))


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": f"{COOKIE}=\xff\xfe; {BROWSER_COOKIE}=\xff"},
        {"cookie": f"{COOKIE}={'x' * 50_000}"},
        {"cookie": ";;;=;" * 100},
        {"authorization": "Bearer \xff\xfe"},
        {"authorization": "Bearer " + "x" * 50_000},
        {"authorization": "Bearer"},
        {"content-type": "\xff"},
        {"accept": "\xff"},
        {"origin": "http://[", "sec-fetch-site": "\xff"},
    ],
)
async def test_attack_12_corrupt_and_overlong_headers_are_refused(guarded: FakeReader, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    async with guarded.client() as client:
        for method, path in (("GET", "/"), ("POST", "/api/rating"), ("POST", "/login")):
            answer = await client.request(method, path, headers=raw)
            assert answer.status_code in (303, 401, 403, 415, 422)


@pytest.mark.parametrize(
    "query", ["token=%ff%fe", "token=%ED%A0%80", "token=" + "x" * 50_000, "token", "token=&token="]
)
async def test_attack_12_corrupt_and_overlong_tokens_in_the_address_open_nothing(
    guarded: FakeReader, query: str
) -> None:
    async with guarded.client() as client:
        assert (await client.get(f"/?{query}")).status_code == 401


@pytest.mark.parametrize("text", ["%ff", "%00", "%ED%A0%80", "%1b[31m", "a" * 5_000, "%F4%90%80%80", "%E2%80%AE"])
@pytest.mark.parametrize("path", ["/?x=", "/search?q=", "/search?author=", "/best?days=", "/day/", "/paper/", "/tag/"])
async def test_attack_12_corrupt_encodings_in_the_address_are_no_error_of_ours(
    fake_reader: FakeReader, path: str, text: str
) -> None:
    async with fake_reader.client() as client:
        answer = await client.get(path + text, headers=HTML)
    assert answer.status_code in (200, 303, 308, 404)
