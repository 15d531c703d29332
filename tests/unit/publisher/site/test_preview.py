"""The preview serves a folder as a host of static files would, below the path of the site's address."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.publisher.site.preview import open_preview
from shared.errors import PapersysError
from tests.support.bus.ports import free_port


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    for name in ("index.html", "404.html", "papers/1/index.html"):
        path = tmp_path / "public" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "secret.txt").write_text("secret")
    port = free_port()
    with open_preview(tmp_path / "public", port, "https://me.github.io/site") as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{port}"
        server.shutdown()


def test_pages_are_found_below_the_path(address: str) -> None:
    assert httpx.get(f"{address}/site/").text == "index.html"
    assert httpx.get(f"{address}/site/papers/1/").text == "papers/1/index.html"


@pytest.mark.parametrize("path", ["/site/nothing/", "/site/papers/", "/site/../secret.txt", "/site/%2e%2e/secret.txt"])
def test_what_is_not_there_is_answered_by_the_sites_own_page(address: str, path: str) -> None:
    answer = httpx.get(address + path)
    assert (answer.status_code, answer.text) == (404, "404.html")


def test_nothing_built_and_a_port_that_is_taken_are_said(tmp_path: Path, address: str) -> None:
    with pytest.raises(PapersysError, match="papersys publish --build"):
        open_preview(tmp_path / "nothing", 0, "http://127.0.0.1")
    with pytest.raises(PapersysError, match=r"publisher\.site\.preview_port"):
        open_preview(tmp_path / "public", int(address.rpartition(":")[2]), "http://127.0.0.1")
