"""`papersys zotero`: a library of this machine looked at, previewed and compared."""

import json
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from tests.support.checks.command_line import run_command
from tests.support.folders.seed import GRAPHS, PROTEINS
from tests.support.outside.zotero_server import KEY, LIBRARY, ZoteroServer


@pytest.fixture
def library(data: DataFolder, server: ZoteroServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ZoteroServer:
    """A folder with a settings file that names the library, and a liked paper in it."""
    (tmp_path / "zotero.key").write_text(KEY)
    (tmp_path / "papersys.toml").write_text(
        f'[zotero.mine]\nlibrary = "{LIBRARY}"\nkey_file = "zotero.key"\nread = ["*"]\nwrite = ["picks"]\n'
        f'base_url = "{server.url}"\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    server.collect("PHYSICS2", "Physics")
    server.add("AAAAAAA2", "PHYSICS2", archiveID=f"arXiv:{PROTEINS}")
    return server


def test_a_preview_changes_nothing(library: ZoteroServer, data: DataFolder) -> None:
    outcome = run_command("zotero", "preview", "mine")
    assert outcome.code == 0
    assert "1 rating would be read" in outcome.out
    assert "4 items would be created" in outcome.out
    assert not [method for method, _ in library.asked if method != "GET"]
    assert PROTEINS not in RatingStore(data).current()
    assert not data.path("state", "zotero").exists()


def test_a_sync_stores_ratings_and_writes_items(library: ZoteroServer, data: DataFolder) -> None:
    report = json.loads(run_command("zotero", "sync", "mine", "--json").out)
    assert report["rated"] == {PROTEINS: "like"}
    assert GRAPHS in report["created"]
    assert RatingStore(data).current()[PROTEINS].source == "zotero"
    assert "1 liked and 0 disliked there; 4 written by papersys" in " ".join(
        run_command("zotero", "status").out.split()
    )


def test_a_key_that_may_not_write_is_exit_code_1(library: ZoteroServer) -> None:
    library.may_write = False
    outcome = run_command("zotero", "sync", "mine")
    assert outcome.code == 1
    assert "write access" in " ".join(outcome.err.split())
    assert KEY not in outcome.err + outcome.out


def test_an_unknown_name_lists_the_known_ones(library: ZoteroServer) -> None:
    outcome = run_command("zotero", "sync", "hers")
    assert outcome.code == 1
    assert "there are: mine" in " ".join(outcome.err.split())
