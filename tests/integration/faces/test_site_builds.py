"""The site built by real programs: what fails or is killed leaves the published site as it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.publisher.site.building import build as building
from services.publisher.site.building.node import Node, find_node
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.built_site import build_site, builder, tools, write_site
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import HOSTILE, TIDES, seed

pytestmark = [pytest.mark.proof, pytest.mark.xdist_group("site"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    data = seed(tmp_path_factory.mktemp("builds"))
    write_site(data)
    build_site(data)
    return data


def pages(data: DataFolder) -> dict[str, bytes]:
    public = data.path("site", "public").resolve()
    return {str(path.relative_to(public)): path.read_bytes() for path in public.rglob("*.html")}


def files(data: DataFolder) -> dict[str, bytes]:
    public = data.path("site", "public").resolve()
    return {str(path.relative_to(public)): path.read_bytes() for path in public.rglob("*") if path.is_file()}


def paper(data: DataFolder, paper_id: str) -> Path:
    return data.path("site", "content", "papers", f"{paper_id}.md")


def test_only_pages_of_changed_papers_are_made_and_every_file_is_as_a_full_build_makes_it(data: DataFolder) -> None:
    paper(data, TIDES).write_text(paper(data, TIDES).read_text("utf-8").replace("Tidal", "Tidal and other"), "utf-8")
    built = build_site(data)
    assert (built.made, built.taken_over) == (1, 3)
    taken_over = files(data)
    assert b"Tidal and other" in taken_over[f"papers/{TIDES}/index.html"]
    for manifest in data.path("site", "builds").glob("*.json"):
        manifest.unlink()
    for records in data.path("cache", "site-content").glob("*/search-records.jsonl"):
        records.write_text("half a li", "utf-8")
    assert build_site(data).made == 4
    assert files(data).keys() == taken_over.keys()
    assert {path for path, content in files(data).items() if content != taken_over[path]} == set()


@pytest.mark.slow
def test_files_that_cannot_be_used_are_named_and_left_out_and_nothing_leads_there(data: DataFolder) -> None:
    whole = paper(data, HOSTILE).read_bytes()
    paper(data, HOSTILE).write_bytes(whole.replace(b"paper_id:", b"paper_id: [", 1))
    paper(data, "no front matter").write_text("Hello", "utf-8")
    paper(data, "mine").write_text("---\nhidden: true\n---\n", "utf-8")
    paper(data, "torn").write_bytes(b"---\ntitle: \xff\xfe\n---\n")
    try:
        built = build_site(data)
        assert {file.file for file in built.left_out} == {
            f"papers/{HOSTILE}.md",
            "papers/mine.md",
            "papers/no front matter.md",
            "papers/torn.md",
        }
        assert f"papers/{HOSTILE}/index.html" not in pages(data)
        assert f'href="/papers/{HOSTILE}/"'.encode() not in b"".join(pages(data).values())
    finally:
        paper(data, HOSTILE).write_bytes(whole)
        paper(data, "no front matter").unlink()
        paper(data, "mine").unlink()
        paper(data, "torn").unlink()


def test_a_build_that_fails_leaves_the_site_as_it_was_and_says_why(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = pages(data)
    failing = tmp_path / "node"
    failing.write_text('#!/bin/sh\necho "Error: no space left on device"\nexit 1\n')
    failing.chmod(0o755)
    monkeypatch.setattr(building, "find_node", lambda: Node(failing, find_node().npm))
    with pytest.raises(PapersysError, match="no space left on device") as failure:
        build_site(data)
    assert "stays as it was" in str(failure.value)
    assert pages(data) == before
    assert len([path for path in data.path("site", "builds").iterdir() if path.is_dir()]) <= 2


@pytest.mark.slow
def test_a_build_that_takes_too_long_is_ended(data: DataFolder) -> None:
    before = pages(data)
    with pytest.raises(PapersysError, match="did not end within"):
        build_site(data, timeout_minutes=0.001)
    assert pages(data) == before


_BUILD = """
import sys
from pathlib import Path
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.built_site import build_site
build_site(DataFolder(Path(sys.argv[1]), 0), title=sys.argv[2])
"""


def test_a_build_that_is_killed_leaves_the_site_as_it_was_and_the_next_one_finishes(data: DataFolder) -> None:
    before = pages(data)
    builds = data.path("site", "builds")
    known = set(builds.iterdir())
    process = subprocess.Popen([sys.executable, "-c", _BUILD, str(data.root), "Killed"], start_new_session=True)
    eventually_sync(lambda: [path for path in set(builds.iterdir()) - known if any(path.iterdir())], 60)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert pages(data) == before
    build_site(data, title="Whole")
    assert all(b"Whole" in page for page in pages(data).values())


def test_two_builds_at_once_are_refused(data: DataFolder) -> None:
    with data.lock("site-build"), pytest.raises(PapersysError, match="site-build"):
        builder(data).build()


def test_node_gets_no_secret_of_papersys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAPERSYS_PUBLISHER__TOKEN", "a-secret-of-papersys")
    monkeypatch.setenv("GITHUB_TOKEN", "another-secret")
    log = tmp_path / "log"
    find_node().run(("-e", "console.log(JSON.stringify(process.env))"), tmp_path, log, timeout_seconds=30)
    assert "secret" not in log.read_text()


def test_what_npm_installs_has_no_address_and_is_not_in_the_package() -> None:
    web = Path(building.__file__).parents[1] / "web"
    lock = (web / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert "://" not in lock
    assert not (web / "node_modules").exists()
    assert tools() not in web.parents
