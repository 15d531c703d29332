"""`papersys giscus` looks at the discussions, and takes what they say without a running system too."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.support.github.discussions import REPO, TOKEN, GitHubServer
from tests.support.github.server import github_server
from tests.unit.feedback.giscus.world import NOON, PAPER, after


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHubServer]:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    with github_server() as server:
        path = tmp_path / "papersys.toml"
        path.write_text(
            f'[data]\npath = "data"\nmin_free_mb = 0\n\n[bus]\nport = {free_port()}\n\n[giscus]\nrepo = "{REPO}"\n'
            f'accounts = ["ada"]\ntoken_file = "{tmp_path / "token"}"\napi_url = "{server.url}"\n'
        )
        monkeypatch.setenv("PAPERSYS_CONFIG", str(path))
        monkeypatch.chdir(tmp_path)
        discussion = server.discuss(PAPER, NOON)
        server.react(discussion, "ada", "HEART", after(1))
        server.react(discussion, "eve", "THUMBS_DOWN", after(2))
        server.comment(discussion, None, "👎 \x1b[31m", after(3))
        yield server


def test_a_look_says_what_it_found_and_changes_nothing(github: GitHubServer, tmp_path: Path) -> None:
    looked = run_command("giscus", "check", "--all")
    assert looked.code == 0, looked.err
    assert looked.out.splitlines() == [
        "All discussions were read: 1, about 1 paper.",
        "By your accounts: 1 reaction, 0 comments.",
        "By strangers, not counted: 1 reaction, 1 comment by 1 account, and 1 by deleted accounts.",
        "Would be taken: 1 liked.",
        "3 requests to GitHub, 3 points, 4,997 are left this hour.",
    ]
    assert not RatingStore(DataFolder(tmp_path / "data", 0)).count()


def test_a_sweep_without_a_running_system_stores_each_rating_once(github: GitHubServer, tmp_path: Path) -> None:
    found = json.loads(run_command("giscus", "sweep", "--json").out)
    assert [rating["label"] for rating in found["ratings"]] == ["like"]
    assert (found["strangers"], found["of_deleted_accounts"], found["whole"]) == (1, 1, True)
    assert "No new ratings." in run_command("giscus", "sweep").out
    assert RatingStore(DataFolder(tmp_path / "data", 0)).count() == 1


def test_a_bad_token_is_said_and_not_shown(github: GitHubServer, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("wrong-token")
    refused = run_command("giscus", "check")
    assert refused.code == 1
    assert "GitHub refuses the token (401)" in " ".join(refused.err.split())
    assert "wrong-token" not in refused.err + refused.out


def test_without_a_repository_it_says_what_to_set(github: GitHubServer, tmp_path: Path) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text(path.read_text().replace(f'repo = "{REPO}"\n', ""))
    assert "set giscus.repo" in " ".join(run_command("giscus", "check").err.split())


def test_without_accounts_it_says_that_nobody_counts(
    github: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERSYS_GISCUS__ACCOUNTS", "[]")
    looked = run_command("giscus", "check")
    assert looked.code == 0
    assert "giscus.accounts names nobody" in looked.err
    assert "No new ratings." in looked.out
