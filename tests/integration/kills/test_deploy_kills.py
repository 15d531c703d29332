"""`papersys publish --deploy` as a real process, killed again and again: what is published is one site, and the next
deploy finishes."""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.browsing.sites import files_in, write_site

pytestmark = pytest.mark.slow

KILLS = 4
PAGES = 300


def start(folder: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PAPERSYS_CONFIG": str(folder / "papersys.toml")}
    command = [sys.executable, "-m", "deploy.cli", "publish", "--deploy"]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )


def build(public: Path, number: int) -> dict[str, str]:
    """Another build, swapped in whole: every page tells its number."""
    pages = {f"papers/{page}/index.html": f"build {number} of {page}" for page in range(PAGES + number)}
    fresh = write_site(public.with_name(f"build-{number}"), {"index.html": f"build {number}", **pages})
    if public.exists():
        shutil.rmtree(public)
    fresh.rename(public)
    return {"index.html": f"build {number}", **pages}


def settings(folder: Path, lines: str) -> Path:
    (folder / "papersys.toml").write_text(f'[data]\npath = "data"\nmin_free_mb = 0\n[publisher.deploy]\n{lines}\n')
    return folder / "data" / "site" / "public"


def kill_somewhere(folder: Path, chance: random.Random, whole_seconds: float) -> None:
    process = start(folder)
    time.sleep(chance.uniform(0.2, 1.1) * whole_seconds)
    process.kill()
    process.communicate()


def finish(folder: Path) -> float:
    started = time.monotonic()
    process = start(folder)
    said = process.communicate()[0]
    assert process.returncode == 0, said.decode()
    return time.monotonic() - started


def test_a_branch_shows_one_whole_site_at_any_moment(tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], check=True)
    public = settings(tmp_path, f'to = "git"\nrepository = "{remote}"')
    chance = random.Random(7)
    sites = [build(public, 0)]
    seconds = finish(tmp_path)
    for number in range(1, KILLS + 1):
        sites.append(build(public, number))
        kill_somewhere(tmp_path, chance, seconds)
        assert shown_by(remote, tmp_path) in sites
    finish(tmp_path)
    assert shown_by(remote, tmp_path) == sites[-1]
    assert subprocess.run(["git", "-C", str(remote), "fsck", "--strict"], capture_output=True).returncode == 0


def shown_by(remote: Path, folder: Path) -> dict[str, str]:
    shutil.rmtree(folder / "clone", ignore_errors=True)
    subprocess.run(["git", "clone", "-q", "-b", "gh-pages", str(remote), str(folder / "clone")], check=True)
    shutil.rmtree(folder / "clone" / ".git")
    return {path: text for path, text in files_in(folder / "clone").items() if path != ".nojekyll"}


def test_a_folder_holds_whole_files_at_any_moment_and_the_last_site_in_the_end(tmp_path: Path) -> None:
    public = settings(tmp_path, f'to = "folder"\nfolder = "{tmp_path}/www"')
    chance = random.Random(8)
    build(public, 0)
    seconds = finish(tmp_path)
    for number in range(1, KILLS + 1):
        site = build(public, number)
        kill_somewhere(tmp_path, chance, seconds)
        shown = files_in(tmp_path / "www")
        assert all(text.startswith("build ") for text in shown.values())
        assert set(shown) >= {path for path in site if path == "index.html" or int(path.split("/")[1]) < PAGES}
    finish(tmp_path)
    assert files_in(tmp_path / "www") == site
