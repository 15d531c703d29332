"""`papersys publish --deploy`, as a person types it."""

from pathlib import Path

import pytest

from tests.support.browsing.sites import PAGES, files_in, write_site
from tests.support.checks.command_line import run_command


@pytest.fixture
def www(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings want the site."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "papersys.toml").write_text(
        '[data]\npath = "data"\nmin_free_mb = 0\n'
        f'[publisher.deploy]\nto = "folder"\nfolder = "{tmp_path}/www"\n'
        "retry_delays_seconds = [0]\n"
    )
    return tmp_path / "www"


def test_a_dry_run_says_what_would_go_up_and_a_deploy_does_it(www: Path, tmp_path: Path) -> None:
    write_site(tmp_path / "data" / "site" / "public")
    dry = run_command("publish", "--deploy", "--dry-run")
    assert dry.out.startswith(f"To the folder {www} would go: 5 new, 0 changed, 0 removed; 66 bytes.")
    assert "  new: tags/graphs & nets/index.html" in dry.out
    assert not www.exists()
    done = run_command("publish", "--deploy")
    assert (done.code, done.out) == (0, f"Deployed to the folder {www}: 5 new, 0 changed, 0 removed; 66 bytes.\n")
    assert files_in(www) == PAGES
    assert "has this site already" in run_command("publish", "--deploy", "--dry-run").out


def test_what_failed_is_told_with_an_exit_code(www: Path, tmp_path: Path) -> None:
    missing = run_command("publish", "--deploy")
    assert (missing.code, "papersys publish --build" in missing.err) == (1, True)
    write_site(tmp_path / "data" / "site" / "public")
    www.write_text("a file is in the way")
    blocked = run_command("publish", "--deploy")
    assert blocked.code == 1
    assert "is tried again" not in blocked.err
    assert "could not be copied" in blocked.err


def test_a_setting_that_cannot_be_is_told_in_plain_words(www: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERSYS_PUBLISHER__DEPLOY__FOLDER", "www")
    said = run_command("publish", "--deploy")
    assert said.code == 2
    assert "publisher.deploy.folder 'www' is relative; give the whole path" in said.err
    assert "Value error" not in said.err
